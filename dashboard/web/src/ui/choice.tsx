import { useEffect, useRef, type ReactNode } from "react";
import { useKeys } from "./keys";

interface ChoiceProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly id: (item: T) => string;
  readonly chosen: string;
  readonly choose: (id: string) => void;
  readonly children: (item: T) => ReactNode;
}

/** A list one of whose rows is open beside it: j and k move, a click or Enter opens. */
export function Choice<T>({ label, items, id, chosen, choose, children }: ChoiceProps<T>) {
  const list = useRef<HTMLUListElement>(null);
  const move = (by: number) => {
    const at = items.findIndex((item) => id(item) === chosen);
    const next = items[Math.min(items.length - 1, Math.max(0, at + by))];
    if (next !== undefined) choose(id(next));
  };
  useKeys({ j: () => move(1), k: () => move(-1), Home: () => move(-items.length), End: () => move(items.length) });
  useEffect(() => {
    list.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <ul className="choice" ref={list} aria-label={label}>
      {items.map((item) => (
        <li key={id(item)}>
          <button type="button" aria-current={id(item) === chosen} onClick={() => choose(id(item))}>
            {children(item)}
          </button>
        </li>
      ))}
    </ul>
  );
}
