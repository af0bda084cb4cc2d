import { useEffect, useState } from "react";
import { absolute, clock } from "./format";

export function Time({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={absolute(at)}>
      {clock(at)}
    </time>
  );
}

/** Seconds since the epoch, ticking; it stands still while `frozen` names a moment. */
export function useNow(frozen: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (frozen !== null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [frozen]);
  return (frozen ?? now) / 1000;
}
