// Parts of a composite that are values of the whole resource: found by parameters of their own, which may take more than the composite's
// expression does (value-string takes the text of a concept, code-value-string does not).                                      (pure)
import { elementsOf } from '../../fhir/definitions.ts';
import { parametersOf } from '../parameters.ts';
import { writePath } from '../path-text.ts';
import type { Condition } from '../query.ts';
import type { Component, Parameter, Path } from '../types.ts';
import { all, not } from './context.ts';

/** That the value is none of those which only the parameter takes, as far as another parameter tells it by being there. */
export function onlyOf(own: Parameter, { paths }: Component): Condition {
  const taken = new Set(paths.map(writePath));
  const others = own.paths.filter(
    (path) => !taken.has(writePath(path)) && paths.every((one) => isOtherChoice(own.type, [path, one])),
  );
  return all(others.map((path) => absent(own.type, path)));
}

/** Do both begin with the same choice element, of which a resource has one at most? */
function isOtherChoice(type: string, pair: readonly [Path, Path]): boolean {
  const [a, b] = pair.map(({ steps }) => steps[0]?.name ?? '');
  return elementsOf(type).some(
    ({ name, isChoice }) => isChoice && a !== b && a?.startsWith(name) === true && b?.startsWith(name) === true,
  );
}

function absent(type: string, { steps: [first] }: Path): Condition {
  const telling = Object.values(parametersOf(type)).find(
    ({ paths: [only, ...more], bit }) =>
      bit !== undefined && more.length === 0 && only?.steps.length === 1 && only.steps[0]?.name === first?.name,
  );
  if (telling?.bit === undefined) return { kind: 'always' };
  return not({ kind: 'present', mask: 1n << BigInt(telling.bit) });
}
