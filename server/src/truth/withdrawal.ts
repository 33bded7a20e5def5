// What must be looked at again when something was withdrawn, as for the wrong patient: its copies, and all that was concluded from
// it, step by step, each with the way by which it was reached.
import type { Json, JsonObject } from '../base/json.ts';
import { byCodeUnit, isList, isObject, listAt, textAt } from './json-values.ts';
import { originsOf } from './lists/copies.ts';

export type Recorded = {
  /** `Observation/123`. */
  readonly name: string;
  readonly resource: JsonObject;
  readonly origins?: readonly string[];
};
export type Reached = {
  readonly name: string;
  /** What it was concluded or copied from. */
  readonly from: string;
  /** The element that says so, or that both come from one origin. */
  readonly by: string;
  /** 1: directly. */
  readonly steps: number;
};

/**
 * Elements by which a resource rests on another. Who it is about, where and by whom it was done are no conclusions; a Provenance is
 * about its target, so it goes with it.
 */
const CONCLUDED: ReadonlySet<string> = new Set([
  'derivedFrom',
  'hasMember',
  'result',
  'reasonReference',
  'evidence',
  'finding',
  'investigation',
  'supportingInformation',
  'supportingInfo',
  'basedOn',
  'partOf',
  'section',
  'entry',
  'focus',
  'basis',
  'target',
  'addresses',
  'medicationReference',
]);

/** Nearest first, each once, whatever the order of the records. */
export function withdrawalReach(records: readonly Recorded[], withdrawn: readonly string[]): readonly Reached[] {
  const ordered = [...records].sort((a, b) => byCodeUnit(a.name, b.name));
  const edges = new Map<string, { readonly to: string; readonly by: string }[]>();
  const add = (from: string, edge: { readonly to: string; readonly by: string }) => {
    const known = edges.get(from);
    if (known === undefined) edges.set(from, [edge]);
    else known.push(edge);
  };
  for (const { name, resource } of ordered) {
    for (const { to, by } of conclusions(resource, '')) if (to !== name) add(to, { to: name, by });
  }
  for (const [origin, some] of copies(ordered)) {
    for (const one of some) for (const other of some) if (other !== one) add(one, { to: other, by: origin });
  }
  return walk(edges, withdrawn);
}

function walk(
  edges: ReadonlyMap<string, readonly { readonly to: string; readonly by: string }[]>,
  withdrawn: readonly string[],
): readonly Reached[] {
  const seen = new Set(withdrawn);
  const reached: Reached[] = [];
  let front: readonly string[] = [...withdrawn].sort(byCodeUnit);
  for (let steps = 1; front.length > 0; steps++) {
    const next: string[] = [];
    for (const from of front) {
      for (const { to, by } of edges.get(from) ?? []) {
        if (seen.has(to)) continue;
        seen.add(to);
        next.push(to);
        reached.push({ name: to, from, by, steps });
      }
    }
    front = next.sort(byCodeUnit);
  }
  return reached;
}

/** References below the elements that conclude, with the path of each. */
function conclusions(value: Json | undefined, path: string): readonly { readonly to: string; readonly by: string }[] {
  if (isList(value)) return value.flatMap((one) => conclusions(one, path));
  if (!isObject(value)) return [];
  const reference = path === '' ? undefined : textAt(value, 'reference');
  const own = reference === undefined ? [] : [{ to: reference, by: path }];
  const inner = Object.keys(value)
    .sort(byCodeUnit)
    .filter((key) => path !== '' || CONCLUDED.has(key))
    .flatMap((key) => conclusions(value[key], path === '' ? key : `${path}.${key}`));
  return [...own, ...inner];
}

const SAME_ORIGIN = 'same origin';

function codeOf({ code }: JsonObject): string {
  const coding = listAt(code, 'coding')[0];
  return textAt(coding, 'code') ?? textAt(code, 'text') ?? '';
}

function copies(records: readonly Recorded[]): readonly (readonly [string, readonly string[]])[] {
  const byOrigin = new Map<string, string[]>();
  for (const { name, resource, origins } of records) {
    for (const origin of originsOf(resource, origins)) {
      // A copy says the same of the same thing: one order number may stand with everything that was measured.
      const place = `${name.split('/')[0] ?? ''} ${codeOf(resource)} ${origin}`;
      const known = byOrigin.get(place);
      if (known === undefined) byOrigin.set(place, [name]);
      else known.push(name);
    }
  }
  return [...byOrigin.values()].filter((some) => some.length > 1).map((some) => [SAME_ORIGIN, some]);
}
