import type { ReactNode } from "react";

/** One row of a list of facts; a fact that is not there has none. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === undefined || children === "") return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
