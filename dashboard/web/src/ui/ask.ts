import { useEffect, useState } from "react";

export type Answer<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly why: string };

/** What is read once for a key; an answer to an older key is dropped. `again` asks anew. */
export function useAsk<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): [Answer<T>, () => void] {
  const [answer, setAnswer] = useState<{ key: string; is: Answer<T> }>({ key: "", is: { state: "loading" } });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    ask(stop.signal).then(
      (value) => !stop.signal.aborted && setAnswer({ key, is: { state: "ready", value } }),
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        if (!stop.signal.aborted) setAnswer({ key, is: { state: "failed", why } });
      },
    );
    return () => stop.abort();
    // `ask` is made anew at each render; the key says what it asks for.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, turn]);
  const again = () => {
    setAnswer({ key: "", is: { state: "loading" } });
    setTurn((before) => before + 1);
  };
  return [answer.key === key ? answer.is : { state: "loading" }, again];
}
