interface BarProps {
  /** What is used, of 1. */
  readonly share: number;
  /** What is likely still to come, of 1. */
  readonly more?: number;
  readonly label: string;
  /** Without a limit, much is no warning. */
  readonly limit?: boolean;
}

/** How much of something is used; the words beside it say the same. */
export function Bar({ share, more = 0, label, limit = true }: BarProps) {
  const tone = limit && share >= 1 ? "bad" : limit && share >= 0.8 ? "warn" : "busy";
  const what = label ? ({ role: "img", "aria-label": label } as const) : ({ "aria-hidden": true } as const);
  const used = Math.max(share > 0 ? 1 : 0, Math.min(100, share * 100));
  return (
    <svg className="bar" data-tone={tone} viewBox="0 0 100 6" preserveAspectRatio="none" {...what}>
      <rect className="bar-all" width="100" height="6" rx="1" />
      {more > 0 && <rect className="bar-more" width={Math.min(100, used + more * 100)} height="6" rx="1" />}
      <rect className="bar-used" width={used} height="6" rx="1" />
    </svg>
  );
}
