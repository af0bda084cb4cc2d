import type { Kind } from "../events.gen";
import type { Row } from "../row";

/** The rows of some kinds of event. */
export type Of<K extends Kind> = Extract<Row, { kind: K }>;
