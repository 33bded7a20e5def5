// A condition on whole resources as one on contained resources of the same type.                                             (pure)
import { isCustom } from './custom.ts';
import type { Condition, RowCondition } from './query.ts';

/** Undefined where it asks for what contained resources do not have: an address of their own, text, or custom parameters. */
export function inContained(condition: Condition): Condition | undefined {
  switch (condition.kind) {
    case 'strings':
    case 'dates':
    case 'numbers':
    case 'quantities':
    case 'near':
    case 'parts':
      return isOwn(condition.params) ? negated(condition) : undefined;
    case 'chain':
      return isOwn(condition.params) ? { ...condition, params: condition.params.map((param) => -param) } : undefined;
    case 'words':
      return isOwn(condition.params) ? condition : undefined;
    case 'group':
      return { ...condition, of: condition.of.map((alternatives) => alternatives.map(negated)) };
    case 'all':
    case 'any': {
      const of = condition.of.map(inContained);
      return of.includes(undefined) ? undefined : { ...condition, of: of.filter((one) => one !== undefined) };
    }
    case 'not': {
      const of = inContained(condition.of);
      return of === undefined ? undefined : { kind: 'not', of };
    }
    case 'ids':
      return { ...condition, persons: false };
    case 'has':
    case 'list':
    case 'text':
    case 'types':
    case 'keys':
    case 'contains':
      return undefined;
    default:
      return condition;
  }
}

function isOwn(params: readonly number[]): boolean {
  return !params.some(isCustom);
}

function negated<T extends RowCondition>(condition: T): T {
  return { ...condition, params: condition.params.map((param) => -param) };
}
