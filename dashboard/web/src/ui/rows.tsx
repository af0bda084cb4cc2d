/** Rows of one height, only those in sight drawn: a list may be as long as the ledger. */
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type Ref, type RefObject } from "react";

const ROW = 30;
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
  const { count, active, opened, follow } = props;
  const box = useRef<HTMLDivElement>(null);
  const sight = useSight(box, count);
  const { first, last } = sight;
  useImperativeHandle(props.handle, () => ({ show: sight.show }));
  useEffect(() => {
    if (opened && active >= 0) sight.show(active);
    // Once, when the list appears: afterwards whoever opens a row shows it.
  }, []);
  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follow, count, sight.height]);
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
      onScroll={() => {
        const end = sight.scrolled();
        if (end !== follow) props.onFollow(end);
      }}
      onKeyDown={(event) => pressed(event, props, sight.height)}
    >
      <div role="rowgroup" className="rows-all" style={{ height: sight.drawn }}>
        {indices.map((index) => (
          <div
            key={index}
            id={`row-${index}`}
            role="row"
            aria-rowindex={index + 1}
            aria-selected={opened && index === active}
            className="row"
            style={{ transform: `translateY(${sight.y(index)}px)` }}
            onClick={() => props.onOpen(index)}
          >
            {props.row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}

function pressed(event: KeyboardEvent, props: RowsProps, height: number): void {
  const page = Math.max(1, Math.floor(height / ROW) - 1);
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[event.key];
  if (by === undefined && event.key !== "Enter") return;
  event.preventDefault();
  if (by === undefined) props.onOpen(props.active);
  else props.onMove(props.active + by);
}

interface Sight {
  /** The rows to draw: from `first` up to, and without, `last`. */
  readonly first: number;
  readonly last: number;
  readonly height: number;
  readonly drawn: number;
  readonly y: (index: number) => number;
  readonly show: (index: number) => void;
  /** Take in where the reader scrolled to; whether that is the end. */
  readonly scrolled: () => boolean;
}

/** What of the list is in sight. Above the browser's limit, one pixel of the scroll bar stands for several of the list. */
function useSight(box: RefObject<HTMLDivElement | null>, count: number): Sight {
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setHeight(element.clientHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, [box]);
  const full = count * ROW;
  const drawn = Math.min(full, MOST_PX);
  const scale = drawn > height ? Math.max(1, (full - height) / (drawn - height)) : 1;
  const show = (index: number) => {
    const element = box.current;
    if (!element) return;
    const [y, at] = [index * ROW, element.scrollTop * scale];
    if (y < at) element.scrollTop = y / scale;
    else if (y + ROW > at + element.clientHeight) element.scrollTop = (y + ROW - element.clientHeight) / scale;
  };
  const scrolled = () => {
    const element = box.current;
    if (!element) return true;
    setTop(element.scrollTop);
    return element.scrollTop + element.clientHeight >= element.scrollHeight - 2;
  };
  return {
    first: Math.max(0, Math.floor((top * scale) / ROW) - AROUND),
    last: Math.min(count, Math.ceil((top * scale + height) / ROW) + AROUND),
    height,
    drawn,
    y: (index) => index * ROW - top * scale + top,
    show,
    scrolled,
  };
}
