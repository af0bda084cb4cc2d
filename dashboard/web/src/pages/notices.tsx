import type { Board, Notice, Request } from "../ledger/events.gen";
import { Badge, type Tone } from "../ui/badge";
import { Fact } from "../ui/fact";
import type { Shape } from "../ui/icons";
import { withCode } from "../ui/inline";
import { Empty, Panel } from "../ui/panel";
import { Time } from "../ui/time";

const LEVEL: { readonly [level in Notice["level"]]: readonly [Tone, Shape] } = {
  info: ["quiet", "dash"],
  warning: ["warn", "warn"],
  error: ["bad", "unmet"],
};

const ANSWER: { readonly [state in Request["state"]]: readonly [Tone, Shape, string] } = {
  asked: ["busy", "dot", "waiting"],
  honoured: ["good", "met", "done"],
  refused: ["bad", "unmet", "refused"],
};

/** What one should know and what was asked for, with the answers; and the ground the run stands on. */
export function Notices({ board }: { board: Board }) {
  return (
    <div className="stack">
      <Panel title="Notices" count={board.notices.length}>
        {board.notices.length === 0 ? (
          <Empty>Nothing that needs a person’s attention.</Empty>
        ) : (
          <ul className="lines notices">
            {[...board.notices].reverse().map((notice) => (
              <li key={notice.position}>
                <Badge tone={LEVEL[notice.level][0]} shape={LEVEL[notice.level][1]}>
                  {notice.level}
                </Badge>
                <Message text={notice.message} />
                <span className="quiet">
                  <Time at={notice.at} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Requests" count={board.requests.length}>
        {board.requests.length === 0 ? (
          <Empty>Nothing was asked for. Pause, stop and rollback appear here with their answers.</Empty>
        ) : (
          <ul className="lines">
            {[...board.requests].reverse().map((request) => (
              <Asked key={request.id} request={request} />
            ))}
          </ul>
        )}
      </Panel>
      <Ground board={board} />
    </div>
  );
}

/** What it says in its first line; what follows it is to be copied as it stands. */
function Message({ text }: { text: string }) {
  const end = text.indexOf("\n");
  if (end < 0) return <span className="grow text">{withCode(text)}</span>;
  return (
    <div className="grow text">
      {withCode(text.slice(0, end))}
      <pre className="raw">{text.slice(end + 1).trimEnd()}</pre>
    </div>
  );
}

function Asked({ request }: { request: Request }) {
  const [tone, shape, word] = ANSWER[request.state];
  return (
    <li>
      <Badge tone={tone} shape={shape}>
        {word}
      </Badge>
      <span className="grow">
        {request.what} {request.checkpoint && `to ${request.checkpoint}`}
        {request.about} <span className="quiet">{withCode(request.answer)}</span>
      </span>
      <span className="quiet">
        {request.by && `${request.by}, `}
        <Time at={request.at} />
      </span>
    </li>
  );
}

function Ground({ board }: { board: Board }) {
  const target = board.run?.target;
  return (
    <Panel title="What it stands on">
      <dl className="facts">
        <Fact name="Repository">{board.project ? [board.project.repository, board.project.prefix].filter(Boolean).join("/") : "–"}</Fact>
        <Fact name="Branch">{board.run?.branch ?? "–"}</Fact>
        <Fact name="Sandbox">{board.sandbox?.text ?? "–"}</Fact>
        <Fact name="Interpreter">{target ? `${target.python} (${target.source})` : "–"}</Fact>
        <Fact name="Not installed">{target?.missing.join(", ")}</Fact>
        <Fact name="Kaizen">{board.version || "–"}</Fact>
      </dl>
    </Panel>
  );
}
