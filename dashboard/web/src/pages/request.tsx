import { useState } from "react";
import type { Request } from "../ledger/events.gen";
import { Badge } from "../ui/badge";
import { withCode } from "../ui/inline";

export interface Asked {
  /** Whether something was asked that has no answer yet. */
  readonly open: boolean;
  readonly request: Request | undefined;
  readonly problem: string;
  readonly sent: boolean;
  readonly ask: (send: () => Promise<{ readonly request: string }>) => void;
}

/** A request and its answer, which is true only once its event came back through the ledger. */
export function useRequest(requests: readonly Request[]): Asked {
  const [id, setId] = useState("");
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState("");
  const request = requests.find((one) => one.id === id);
  const ask = (send: () => Promise<{ readonly request: string }>) => {
    setSending(true);
    setProblem("");
    setId("");
    send()
      .then((answer) => setId(answer.request))
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
      .finally(() => setSending(false));
  };
  const open = sending || (id !== "" && (request === undefined || request.state === "asked"));
  return { open, request, problem, sent: id !== "", ask };
}

/** Where the last request stands, in a few words. */
export function Asking({ asked }: { asked: Asked }) {
  return (
    <span role="status" className="asking">
      {asked.problem && (
        <Badge tone="bad" shape="unmet">
          {withCode(asked.problem)}
        </Badge>
      )}
      {asked.open && (
        <Badge tone="busy" shape="dot">
          asked, waiting
        </Badge>
      )}
      {asked.request?.state === "refused" && (
        <Badge tone="bad" shape="unmet">
          refused: {withCode(asked.request.answer)}
        </Badge>
      )}
    </span>
  );
}
