// What names mean at a place in an expression: the focus, `$this`, `$index` and `$total`, and how to emit a part of it there.
import type { Ast } from '../types.ts';
import type { Emission, Emitted, Stream } from './emission.ts';

export type Scope = {
  /** What a path without a beginning starts from, and `$this`. */
  readonly focus: Stream;
  /** At the outermost level only, a path may start with the type of the focus. */
  readonly root: Stream;
  readonly index: string | undefined;
  readonly total: Stream | undefined;
};

/** Emits an expression: given to operators and functions, so that their files need not know one another. */
export type Emit = (ast: Ast, scope: Scope) => Emitted;

export type Call = {
  readonly emission: Emission;
  readonly emit: Emit;
  readonly scope: Scope;
  readonly input: Emitted;
  readonly ast: Ast & { readonly kind: 'call' };
};
