// A condition on whole resources as one on contained resources of the same type.                                             (pure)
import { isCustom } from './custom.ts';
import { FORM, seedOf } from './forms.ts';
import { parameterOf } from './parameters.ts';
import type { Condition, RowCondition } from './query.ts';

/** Undefined where it asks for what contained resources do not have: custom parameters, or a row of their own among whole ones. */
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
    case 'has': {
      // Nothing but its container and what stands beside it can refer to what is contained.
      const { type, seeds, where } = condition;
      return { kind: 'inside', type, seeds, where, beside: inContained(where) };
    }
    case 'list':
      return { kind: 'inside', type: 'List', seeds: [ITEM], where: listed(condition.id), beside: undefined };
    case 'text':
      return { kind: 'inner-text', scope: condition.scope, query: condition.query };
    case 'types':
    case 'keys':
    case 'contains':
      return undefined;
    default:
      return condition;
  }
}

const ITEM = seedOf(parameterOf('List', 'item')?.id ?? 0, FORM.reference);

function listed(id: string): Condition {
  return { kind: 'ids', ids: [id], persons: false };
}

function isOwn(params: readonly number[]): boolean {
  return !params.some(isCustom);
}

function negated<T extends RowCondition>(condition: T): T {
  return { ...condition, params: condition.params.map((param) => -param) };
}
