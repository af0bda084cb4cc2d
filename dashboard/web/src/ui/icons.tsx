/** Shapes: each says the same as the word beside it, so none is read aloud. */
const PATHS = {
  met: "M4.5 8.5l2.5 2.5 4.5-5.5",
  unmet: "M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6",
  unknown: "M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.6.3-.8.6-.8 1.2M8 11.6v.1",
  dash: "M5 8h6",
  warn: "M8 5v3.6M8 11v.1",
  back: "M6.5 4.5L3.5 7.5l3 3M4 7.5h5a3.5 3.5 0 0 1 0 7",
  dot: "",
} as const;

export type Shape = keyof typeof PATHS;

export function Icon({ shape, ring = true }: { shape: Shape; ring?: boolean }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {ring && shape === "warn" && <path d="M8 1.8l6.6 11.7H1.4z" />}
      {ring && shape !== "warn" && shape !== "back" && <circle cx="8" cy="8" r="6.4" />}
      {shape === "dot" ? <circle className="solid" cx="8" cy="8" r="2.8" /> : <path d={PATHS[shape]} />}
    </svg>
  );
}

/** Half light, half dark. */
export function ThemeIcon() {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <circle cx="8" cy="8" r="6.4" />
      <path className="solid" d="M8 1.6a6.4 6.4 0 0 1 0 12.8z" />
    </svg>
  );
}

export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M7 22h5v-5h6v-5h7" />
    </svg>
  );
}
