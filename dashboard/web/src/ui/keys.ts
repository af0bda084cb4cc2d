import { useEffect, useRef } from "react";

/** What a key does; a handler that answers false leaves the key to others. */
export type Keys = { readonly [key: string]: () => boolean | void };

const LETTERS = "kaizen.letters";

export function lettersOn(): boolean {
  return localStorage.getItem(LETTERS) !== "off";
}

/** Single letters can be switched off, for those whose voice or hands press them by accident. */
export function setLetters(on: boolean): void {
  localStorage.setItem(LETTERS, on ? "on" : "off");
}

/** Shortcuts of what is on screen; none while text is typed, a dialog is open or a modifier is held. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const act = latest.current[event.key];
      if (!act || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (typing(event.target) || document.querySelector("dialog[open]")) return;
      if (event.key.length === 1 && !lettersOn()) return;
      if (act() !== false) event.preventDefault();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));
}
