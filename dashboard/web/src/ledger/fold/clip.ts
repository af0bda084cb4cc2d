import { KEPT } from "../events.gen";

/** A text, at most as long as the board keeps it: counted in characters, as the fold in Python counts them. */
export function clip(text: string, most: number = KEPT.TEXT): string {
  if (text.length <= most) return text;
  const letters = Array.from(text);
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}
