import { Component, useId, type ErrorInfo, type ReactNode } from "react";
import { withCode } from "./inline";

interface Guarded {
  readonly children: ReactNode;
  readonly name: string;
}

/** A broken panel never takes its neighbours with it. */
export class Guard extends Component<Guarded, { broken: Error | null }> {
  override state: { broken: Error | null } = { broken: null };

  static getDerivedStateFromError(broken: Error) {
    return { broken };
  }

  override componentDidCatch(error: Error, where: ErrorInfo) {
    console.error(`${this.props.name}:`, error, where.componentStack);
  }

  override render() {
    const { broken } = this.state;
    if (!broken) return this.props.children;
    return (
      <div className="note" role="alert" data-tone="bad">
        <p>
          This part of the page broke: <code>{broken.message}</code>
        </p>
        <button type="button" onClick={() => this.setState({ broken: null })}>
          Try again
        </button>
      </div>
    );
  }
}

interface PanelProps {
  readonly title: string;
  readonly count?: number | undefined;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

export function Panel({ title, count, aside, children, className = "" }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>
          {title}
          {count !== undefined && <span className="count">{count.toLocaleString("en")}</span>}
        </h2>
        {aside}
      </header>
      <Guard name={title}>{children}</Guard>
    </section>
  );
}

/** What an area says while it has nothing to show. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

export function Loading({ what }: { what: string }) {
  return (
    <p className="empty" role="status">
      <span className="pulse" aria-hidden="true" /> Reading {what}…
    </p>
  );
}

export function Failed({ why, again }: { why: string; again?: () => void }) {
  return (
    <div className="note" role="alert" data-tone="bad">
      <p>{withCode(why)}</p>
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}
