// One named fact of a list of facts: what it is called, and what it is.
import type { ReactNode } from 'react';

export function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
