/** How much of something is used; the words beside it say the same. */
export function Bar({ share, label }: { share: number; label: string }) {
  const tone = share >= 1 ? "bad" : share >= 0.8 ? "warn" : "busy";
  const what = label ? ({ role: "img", "aria-label": label } as const) : ({ "aria-hidden": true } as const);
  return (
    <svg className="bar" data-tone={tone} viewBox="0 0 100 6" preserveAspectRatio="none" {...what}>
      <rect className="bar-all" width="100" height="6" rx="1" />
      <rect className="bar-used" width={Math.max(share > 0 ? 1 : 0, Math.min(100, share * 100))} height="6" rx="1" />
    </svg>
  );
}
