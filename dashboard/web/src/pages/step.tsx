import { lazy, memo, Suspense } from "react";
import { api, type Call, type Message, type Note, type Shown, type ToolUse, type Try, type Turn } from "../ledger/api";
import { Badge, type Tone } from "../ui/badge";
import { Fold } from "../ui/fold";
import { duration, money, number, plural, short, size } from "../ui/format";
import type { Shape } from "../ui/icons";
import { Loading } from "../ui/panel";
import { Prose } from "../ui/prose";
import { Time } from "../ui/time";
import { changeOf, pretty } from "./changed";

const Diff = lazy(() => import("../ui/diff"));

interface Place {
  readonly project: string;
  readonly attempt: string;
}

/** One step: what was asked and answered, what it cost, and what the tools did. */
export const Step = memo(function Step({ turn, project, attempt, newest }: { turn: Turn; newest: boolean } & Place) {
  const at = { project, attempt };
  return (
    <li className="turn" id={`step-${turn.nth}`}>
      <header className="turn-head">
        <h3>
          <span className="num">{turn.nth}</span> {turn.call?.purpose ?? "before the first call"}
        </h3>
        {turn.call && <Cost call={turn.call} />}
        <span className="quiet">
          <Time at={turn.at} />
        </span>
      </header>
      {turn.messages.length > 0 && <Prompt turn={turn} {...at} />}
      {turn.call && turn.call.tries.length > 0 && <Tries call={turn.call} />}
      {turn.answer && (turn.answer.text || turn.answer.problem) && (
        <div className="answer">
          <Text shown={turn.answer} label={`Answer of step ${turn.nth}`} {...at} />
        </div>
      )}
      {turn.call?.state === "open" && !turn.answer && <Loading what={`the answer of ${turn.call.model}`} />}
      {turn.tools.length > 0 && (
        <ul className="tools" aria-label={`Tools of step ${turn.nth}`}>
          {turn.tools.map((tool) => (
            <Tool key={tool.key} tool={tool} open={newest && tool.state !== "done"} {...at} />
          ))}
        </ul>
      )}
      {turn.notes.map((note, index) => (
        <Remark key={index} note={note} {...at} />
      ))}
    </li>
  );
});

function Cost({ call }: { call: Call }) {
  const { answered_by: by, tokens_in, tokens_cached, tokens_out, seconds, tokens_per_second: speed } = call;
  const done = call.state === "done";
  return (
    <p className="turn-cost num">
      <span className="strong">{by || call.model}</span>
      {by && by !== call.model && <span className="quiet">instead of {call.model}</span>}
      {call.source && call.source !== "model" && <Badge tone="quiet">{call.source === "cache" ? "answered from the ledger" : "replayed"}</Badge>}
      {done && (
        <>
          <span title="tokens in, of them cached, and out">
            {short(tokens_in ?? 0)} in{tokens_cached ? ` (${short(tokens_cached)} cached)` : ""}, {short(tokens_out ?? 0)} out
          </span>
          <span>{call.cost === null ? "unknown price" : money(call.cost)}</span>
          <span>{duration(seconds ?? 0)}</span>
          {speed ? <span>{number(speed)} tokens/s</span> : null}
        </>
      )}
      {call.finish === "length" && (
        <Badge tone="warn" shape="warn">
          cut at its length
        </Badge>
      )}
      {call.state === "failed" && (
        <Badge tone="bad" shape="unmet">
          failed
        </Badge>
      )}
    </p>
  );
}

function Prompt({ turn, ...at }: { turn: Turn } & Place) {
  const bytes = turn.messages.reduce((sum, message) => sum + message.bytes, 0);
  const left = turn.messages_total - turn.messages.length;
  const said = `${plural(turn.messages_total, turn.call?.follows ? "new message" : "message")}, ${size(bytes)}`;
  return (
    <Fold summary={turn.offered.length > 0 ? `${said} · ${plural(turn.offered.length, "tool")} offered` : said}>
      {() => (
        <>
          {turn.offered.length > 0 && <p className="quiet">Offered: {turn.offered.join(", ")}</p>}
          {left > 0 && <p className="quiet">The first {left} are not shown.</p>}
          {turn.messages.map((message, index) => (
            <Said key={index} message={message} label={`Message ${index + 1} of step ${turn.nth}`} {...at} />
          ))}
        </>
      )}
    </Fold>
  );
}

function Said({ message, label, ...at }: { message: Message; label: string } & Place) {
  return (
    <div className="message" data-role={message.role}>
      <p className="quiet">
        {message.role || "text"}
        {message.answers && ` answers ${message.answers}`}
      </p>
      <Text shown={message} label={label} {...at} />
      {message.tool_calls.map((call) => (
        <p key={call.id}>
          asks for <code>{call.name}</code> <code className="quiet wrap">{call.arguments}</code>
        </p>
      ))}
    </div>
  );
}

function Tries({ call }: { call: Call }) {
  return (
    <ul className="tries" aria-label="Tries that failed">
      {call.tries.map((one) => (
        <li key={`${one.nth} ${one.at}`}>
          <Badge tone="warn" shape="warn">
            {one.fault.replace(/_/g, " ")}
          </Badge>
          <span className="text grow">{one.why}</span>
          <span className="quiet">{after(one)}</span>
        </li>
      ))}
    </ul>
  );
}

function after(one: Try): string {
  const cost = one.cost === null ? ", to be paid at an unknown price" : one.cost > 0 ? `, may cost ${money(one.cost)}` : "";
  if (one.fallback) return `${one.fallback} is asked instead${cost}`;
  return one.retry_at === null ? `not tried again${cost}` : `tried again after ${duration(one.retry_at - one.at)}${cost}`;
}

const TOOL: { readonly [state in ToolUse["state"]]: readonly [Tone, Shape, string] } = {
  open: ["busy", "dot", "at work"],
  waiting: ["warn", "warn", "waits for a person"],
  done: ["good", "met", "done"],
  failed: ["warn", "warn", "no success"],
  vetoed: ["bad", "unmet", "vetoed"],
};

function Tool({ tool, open, ...at }: { tool: ToolUse; open: boolean } & Place) {
  const [tone, shape, word] = TOOL[tool.state];
  const change = tool.risk === "write" && tool.state === "done" ? changeOf(tool.arguments.text, tool.result?.text ?? "") : "";
  return (
    <li>
      <Fold
        open={open || change !== ""}
        summary={
          <>
            <code className="strong">{tool.tool}</code> <span className="quiet">{tool.risk ?? "risk unknown"}</span>
            <Badge tone={tone} shape={shape}>
              {tool.stage ? `${word} by ${tool.stage}` : word}
            </Badge>
            <span className="grow clip">{tool.why || tool.summary}</span>
            {tool.seconds !== null && tool.seconds >= 0.1 && <span className="quiet num">{number(tool.seconds)} s</span>}
          </>
        }
      >
        {() => (
          <>
            {tool.why && <p className="text">{tool.why}</p>}
            {change ? (
              <Suspense fallback={<Loading what="the diff" />}>
                <Diff text={change} />
              </Suspense>
            ) : (
              tool.arguments.text && <Text shown={{ ...tool.arguments, text: pretty(tool.arguments.text) }} label={`Arguments of ${tool.key}`} {...at} />
            )}
            {tool.result && tool.result.text && !change && <Text shown={tool.result} label={`Result of ${tool.key}`} {...at} />}
            {change && tool.result?.text && (
              <Fold summary="What the model was told">{() => tool.result && <Text shown={tool.result} label={`Result of ${tool.key}`} {...at} />}</Fold>
            )}
          </>
        )}
      </Fold>
    </li>
  );
}

function Remark({ note, ...at }: { note: Note } & Place) {
  switch (note.what) {
    case "nudge":
      return (
        <p className="note" data-tone="warn">
          Went in circles ({note.pattern}) and was told: <span className="text">{note.told}</span>
        </p>
      );
    case "condensed":
      return (
        <p className="quiet remark">
          Made shorter by {note.how === "cut" ? "cutting" : "a summary"}: about {short(note.before)} tokens became {short(note.after)}.
        </p>
      );
    case "message":
      return (
        <div className="message">
          <p className="quiet">
            {note.sender} hands the {note.recipient} its {note.type}
          </p>
          <Text shown={note.payload} label={`Message to the ${note.recipient}`} {...at} />
        </div>
      );
    case "technique":
      return (
        <p className="quiet remark">
          {note.technique} answered {note.answer}
          {note.why && `: ${note.why}`}
        </p>
      );
  }
}

function Text({ shown, label, project, attempt }: { shown: Shown; label: string } & Place) {
  if (shown.problem) return <p className="note">This text cannot be shown: {shown.problem}</p>;
  const whole = shown.truncated ? () => api.text(project, attempt, shown.blob) : undefined;
  return <Prose text={shown.text} bytes={shown.bytes} whole={whole} label={label} />;
}
