import { Fragment, type ReactNode } from "react";

/** A name of many parts, which may go on in the next line behind a part and not in the middle of one. */
export function breakable(name: string): ReactNode {
  return name.split(/(?<=[/_:.])(?=[^/_:.])/).map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

/** A sentence in which what one types stands between backticks. */
export function withCode(sentence: string): ReactNode {
  return sentence.split(/`([^`\n]+)`/).map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
