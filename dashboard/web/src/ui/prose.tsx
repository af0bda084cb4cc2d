import { useState } from "react";
import { useAsk } from "./ask";
import { size, visible } from "./format";
import { Failed, Loading } from "./panel";

interface ProseProps {
  readonly text: string;
  /** Reads the whole text, when what is here is only its beginning. */
  readonly whole?: (() => Promise<string>) | undefined;
  readonly bytes?: number;
  readonly label: string;
}

const LINES = 14;
const LETTERS = 1600;

/** What somebody wrote, as text and never as anything else; a long one is cut until the reader asks for the rest. */
export function Prose({ text: written, whole, bytes = 0, label }: ProseProps) {
  const text = visible(written);
  const [open, setOpen] = useState(false);
  const short = cut(text);
  const more = short !== text || whole !== undefined;
  if (open && whole) return <Whole read={whole} label={label} />;
  return (
    <>
      <pre className="prose" tabIndex={open ? 0 : undefined} aria-label={open ? label : undefined} role={open ? "group" : undefined}>
        {open ? text : short}
      </pre>
      {more && (
        <button type="button" className="link" onClick={() => setOpen(!open)}>
          {open ? "Show less" : `Show all of it (${size(Math.max(bytes, text.length))})`}
        </button>
      )}
    </>
  );
}

function Whole({ read, label }: { read: () => Promise<string>; label: string }) {
  const [answer, again] = useAsk(label, read);
  if (answer.state === "loading") return <Loading what="the whole text" />;
  if (answer.state === "failed") return <Failed why={answer.why} again={again} />;
  return (
    <pre className="prose" tabIndex={0} role="group" aria-label={label}>
      {visible(answer.value)}
    </pre>
  );
}

function cut(text: string): string {
  const lines = text.split("\n");
  const few = lines.length > LINES ? `${lines.slice(0, LINES).join("\n")}\n…` : text;
  return few.length > LETTERS ? `${few.slice(0, LETTERS)}…` : few;
}
