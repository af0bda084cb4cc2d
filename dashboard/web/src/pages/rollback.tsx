import { useRef } from "react";
import { api, type PatchLine, type Preview } from "../ledger/api";
import type { Board } from "../ledger/events.gen";
import { useAsk } from "../ui/ask";
import { Badge } from "../ui/badge";
import { Dialog } from "../ui/dialog";
import { duration, money, number, plural } from "../ui/format";
import { Failed, Loading } from "../ui/panel";
import { Asking, useRequest, type Asked } from "./request";

interface RollbackProps {
  readonly board: Board;
  readonly project: string;
  readonly checkpoint: string;
  readonly onClose: () => void;
  readonly onOther: (checkpoint: string) => void;
}

/** What going back would do, before it is done; done only when its event is back. */
export function Rollback({ board, project, checkpoint, onClose, onOther }: RollbackProps) {
  const from = useRef(board.head_checkpoint);
  const [answer, again] = useAsk(`${project}/${checkpoint}`, (signal) => api.preview(project, checkpoint, signal));
  const asked = useRequest(board.requests);
  const done = asked.request?.state === "honoured";
  return (
    <Dialog title={`Roll back to ${checkpoint}`} onClose={onClose} wide>
      {answer.state === "loading" && <Loading what="what this would undo" />}
      {answer.state === "failed" && <Failed why={answer.why} again={again} />}
      {answer.state === "ready" && !done && <Plan preview={answer.value} />}
      {done && <Done board={board} checkpoint={checkpoint} from={from.current} onOther={onOther} />}
      {answer.state === "ready" && !done && <Confirm preview={answer.value} board={board} project={project} asked={asked} onClose={onClose} again={again} />}
    </Dialog>
  );
}

function GatesThen({ preview }: { preview: Preview }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Gate</th>
          <th scope="col">Now</th>
          <th scope="col">Then</th>
        </tr>
      </thead>
      <tbody>
        {preview.gates.map((gate) => (
          <tr key={gate.gate} data-moved={gate.now !== gate.then}>
            <th scope="row">{gate.gate}</th>
            <td className="num">{number(gate.now)}</td>
            <td className="num">{number(gate.then)}</td>
          </tr>
        ))}
        <tr data-moved={preview.score_now !== preview.score_then}>
          <th scope="row">score</th>
          <td className="num">{number(preview.score_now)}</td>
          <td className="num">{number(preview.score_then)}</td>
        </tr>
      </tbody>
    </table>
  );
}

function Plan({ preview }: { preview: Preview }) {
  return (
    <>
      <p>{preview.title}</p>
      <Patches title="Will be undone" patches={preview.undone} none="No patch is undone." />
      {preview.redone.length > 0 && <Patches title="Will be brought back" patches={preview.redone} none="" />}
      {preview.files.length > 0 && (
        <>
          <h3>{plural(preview.files.length, "file")} will change</h3>
          <ul className="files">
            {preview.files.map((file) => (
              <li key={file.path}>
                <code className="grow clip">{file.path}</code>
                <span className="num added">+{file.added}</span>
                <span className="num removed">−{file.removed}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>Gates you would be back at</h3>
      <GatesThen preview={preview} />
      <h3>Not touched</h3>
      <ul className="plain-list">
        <li>Your repository: its files, index, branches and uncommitted edits. Only Kaizen’s own branch moves.</li>
        <li>The state you are in now: it stays a checkpoint, so this can be undone the same way.</li>
      </ul>
      <h3>Cannot be undone</h3>
      <p>
        What the undone work cost: {preview.spent.usd > 0 ? `${money(preview.spent.usd)} and ` : ""}
        {duration(preview.spent.seconds)} of work.
      </p>
      {preview.working.length > 0 && (
        <p className="note" data-tone="warn">
          {plural(preview.working.length, "attempt")} at work {preview.working.length === 1 ? "ends" : "end"} with the rollback.
        </p>
      )}
    </>
  );
}

function Patches({ title, patches, none }: { title: string; patches: readonly PatchLine[]; none: string }) {
  return (
    <>
      <h3>{title}</h3>
      {patches.length === 0 ? (
        <p className="quiet">{none}</p>
      ) : (
        <ul className="plain-list">
          {patches.map((patch) => (
            <li key={patch.attempt}>
              {patch.title || patch.attempt} <span className="quiet">{patch.technique}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface ConfirmProps {
  readonly preview: Preview;
  readonly board: Board;
  readonly project: string;
  readonly asked: Asked;
  readonly onClose: () => void;
  readonly again: () => void;
}

function Confirm({ preview, board, project, asked, onClose, again }: ConfirmProps) {
  const moved = board.head_commit !== preview.head && !asked.sent;
  const { checkpoint, head } = preview;
  return (
    <>
      {moved && (
        <div className="note" data-tone="warn" role="alert">
          <p>The branch moved since this was computed.</p>
          <button type="button" onClick={again}>
            Compute it anew
          </button>
        </div>
      )}
      <div className="dialog-end">
        <Asking asked={asked} />
        <button type="button" onClick={onClose}>
          Leave it as it is
        </button>
        <button
          type="button"
          className="danger"
          disabled={moved || asked.open}
          onClick={() => asked.ask(() => api.request(project, { what: "rollback", checkpoint, head }))}
        >
          Roll back to {checkpoint}
        </button>
      </div>
    </>
  );
}

function Done({ board, checkpoint, from, onOther }: { board: Board; checkpoint: string; from: string; onOther: (checkpoint: string) => void }) {
  return (
    <div className="note" data-tone="good" role="status">
      <p>
        <Badge tone="good" shape="met">
          done
        </Badge>{" "}
        The branch has the tree of {checkpoint} again, as checkpoint {board.head_checkpoint}.
      </p>
      {from !== "" && from !== checkpoint && (
        <button type="button" onClick={() => onOther(from)}>
          Undo this: back to {from}…
        </button>
      )}
    </div>
  );
}
