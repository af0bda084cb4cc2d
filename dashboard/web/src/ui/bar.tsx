/** How much of something is used; the words beside it say the same. Without a limit, much is no warning. */
export function Bar({ share, label, limit = true }: { share: number; label: string; limit?: boolean }) {
  const tone = limit && share >= 1 ? "bad" : limit && share >= 0.8 ? "warn" : "busy";
  const what = label ? ({ role: "img", "aria-label": label } as const) : ({ "aria-hidden": true } as const);
  return (
    <svg className="bar" data-tone={tone} viewBox="0 0 100 6" preserveAspectRatio="none" {...what}>
      <rect className="bar-all" width="100" height="6" rx="1" />
      <rect className="bar-used" width={Math.max(share > 0 ? 1 : 0, Math.min(100, share * 100))} height="6" rx="1" />
    </svg>
  );
}
