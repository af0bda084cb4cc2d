/** Rows of one height, only those in sight drawn: a list may be as long as the ledger. */
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type ReactNode, type Ref } from "react";

export const ROW = 30;
const MOST_PX = 8_000_000;
const AROUND = 6;

export interface RowsHandle {
  readonly show: (index: number) => void;
}

interface RowsProps {
  readonly label: string;
  readonly count: number;
  /** Where the keys stand. */
  readonly active: number;
  /** Whether that row is open beside the list. */
  readonly opened: boolean;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  readonly onMove: (index: number) => void;
  readonly onOpen: (index: number) => void;
  readonly row: (index: number) => ReactNode;
  readonly handle?: Ref<RowsHandle>;
}

export function Rows(props: RowsProps) {
  const { count, active, follow } = props;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const full = count * ROW;
  const shown = Math.min(full, MOST_PX);
  /** Above the browser's limit one pixel of the scroll bar stands for several of the list. */
  const scale = shown > height ? Math.max(1, (full - height) / (shown - height)) : 1;
  const first = Math.max(0, Math.floor((top * scale) / ROW) - AROUND);
  const last = Math.min(count, Math.ceil((top * scale + height) / ROW) + AROUND);
  const toIndex = (index: number) => {
    const element = box.current;
    if (!element) return;
    const y = index * ROW;
    const at = element.scrollTop * scale;
    if (y < at) element.scrollTop = y / scale;
    else if (y + ROW > at + element.clientHeight) element.scrollTop = (y + ROW - element.clientHeight) / scale;
  };
  useImperativeHandle(props.handle, () => ({ show: toIndex }));
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setHeight(element.clientHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (props.opened && active >= 0) toIndex(active);
    // Once, when the list appears: afterwards whoever opens a row shows it.
  }, []);
  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follow, count, height]);
  const scrolled = () => {
    const element = box.current;
    if (!element) return;
    setTop(element.scrollTop);
    const end = element.scrollTop + element.clientHeight >= element.scrollHeight - 2;
    if (end !== follow) props.onFollow(end);
  };
  const indices = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  return (
    <div
      ref={box}
      className="rows"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={count}
      aria-activedescendant={active >= first && active < last ? `row-${active}` : undefined}
      onScroll={scrolled}
      onKeyDown={(event) => {
        const page = Math.max(1, Math.floor(height / ROW) - 1);
        const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[event.key];
        if (by === undefined && event.key !== "Enter") return;
        event.preventDefault();
        if (by === undefined) props.onOpen(active);
        else props.onMove(active + by);
      }}
    >
      <div role="rowgroup" className="rows-all" style={{ height: shown }}>
        {indices.map((index) => (
          <div
            key={index}
            id={`row-${index}`}
            role="row"
            aria-rowindex={index + 1}
            aria-selected={props.opened && index === active}
            className="row"
            style={{ transform: `translateY(${index * ROW - top * scale + top}px)` }}
            onClick={() => props.onOpen(index)}
          >
            {props.row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
