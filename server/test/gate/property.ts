// What every property of the gate is made of.                                                                            (pure)
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { loadPolicy } from '../../src/truth/index.ts';
import type { Policy } from '../../src/truth/types.ts';
import type { Mutant, Resolver } from './resolver.ts';

export type Runs = { readonly seed: number; readonly numRuns: number };
export type GateProperty = {
  readonly name: string;
  /** Throws what breaks it. */
  readonly check: (resolver: Resolver, runs: Runs) => void;
  readonly mutants: readonly Mutant[];
};

const POLICY = new URL('../../../policies/uk-default.v1.yaml', import.meta.url);
const loaded = loadPolicy(readFileSync(POLICY, 'utf8'), 'uk');
assert.ok(loaded.ok);
export const uk: Policy = loaded.policy;
export const ELEMENTS = Object.keys(uk.elements['Patient'] ?? {});
export const element = fc.constantFrom(...ELEMENTS);

/** True for what a property says when it does not hold; a resolver that merely crashes has not been noticed by it. */
export function isBreach(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof assert.AssertionError;
}
