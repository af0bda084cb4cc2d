import { Icon, type Shape } from "./icons";

export type Tone = "good" | "bad" | "warn" | "busy" | "quiet";

/** How a state is said. */
export interface Said {
  readonly word: string;
  readonly tone: Tone;
  readonly shape: Shape;
}

/** A state as word, shape and colour. */
export function State({ said }: { said: Said }) {
  return (
    <Badge tone={said.tone} shape={said.shape}>
      {said.word}
    </Badge>
  );
}

/** What stands in a state's place: any words in its shape and colour. */
export function Badge({ tone, shape, children }: { tone: Tone; shape?: Shape; children: React.ReactNode }) {
  return (
    <span className="badge" data-tone={tone}>
      {shape && <Icon shape={shape} />}
      {children}
    </span>
  );
}
