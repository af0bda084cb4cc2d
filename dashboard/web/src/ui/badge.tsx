import { Icon, type Shape } from "./icons";

export type Tone = "good" | "bad" | "warn" | "busy" | "quiet";

/** A state as word, shape and colour. */
export function Badge({ tone, shape, children }: { tone: Tone; shape?: Shape; children: React.ReactNode }) {
  return (
    <span className="badge" data-tone={tone}>
      {shape && <Icon shape={shape} />}
      {children}
    </span>
  );
}
