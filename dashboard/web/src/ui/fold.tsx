import { useState, type ReactNode } from "react";

/** Something one may open; what is closed is not drawn. */
export function Fold({ summary, children, open = false }: { summary: ReactNode; children: () => ReactNode; open?: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <details className="fold" open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {shown && <div className="fold-body">{children()}</div>}
    </details>
  );
}
