// One `name=value` of a search on a type: chains, `_has`, the parameters every resource has, and those of its type.             (pure)
import { Refused } from '../../base/errors.ts';
import { isResourceType } from '../../fhir/index.ts';
import { type CustomTable, NO_CUSTOM } from '../custom.ts';
import { parametersOf } from '../parameters.ts';
import type { Condition } from '../query.ts';
import { malformed, unknownModifier, unknownParameter } from '../refuse.ts';
import { meant, split } from '../split.ts';
import type { Parameter } from '../types.ts';
import { type Asked, any, askedParameter, idsOf, not, type SearchWorld } from './context.ts';
import { noModifier, readDateRange } from './ordered.ts';
import { readParameter } from './parameter.ts';
import { seedsOf, targetsOf } from './reference.ts';

/** How far a chain goes. */
const CHAIN_MAX = 8;
/** Types that one step of a chain may lead to without being named. */
const CHAIN_TYPES_MAX = 30;
const COMMON = ['_id', '_lastUpdated', '_text', '_content', '_list', '_has', '_filter'];

export type Named = {
  readonly type: string;
  readonly name: string;
  readonly value: string;
  readonly world: SearchWorld;
  readonly depth?: number;
};

/** What a type may be searched by. */
export function knownParameters(type: string, custom: CustomTable = NO_CUSTOM): readonly string[] {
  return [
    ...Object.values(custom[type] ?? {})
      .filter(({ progress }) => progress.state === 'complete')
      .map(({ code }) => code),
    ...Object.keys(parametersOf(type)),
    ...COMMON,
  ];
}

export function readNamed(named: Named): Condition {
  const { type, name, value, world, depth = 0 } = named;
  if (depth > CHAIN_MAX) throw new Refused('search-cost', `A chain may have ${CHAIN_MAX} steps.`, name.slice(0, 64));
  if (name.startsWith('_has:')) return readHas(named);
  const dot = name.indexOf('.');
  if (dot > 0) return readChain(named, dot);
  const [code = '', modifier, ...more] = name.split(':');
  if (more.length > 0) throw unknownModifier(code, `${modifier}:${more.join(':')}`, []);
  const values = split(value, ',');
  if (code.startsWith('_')) {
    const common = readCommon(code, { type, name, modifier, values, value, world });
    if (common !== undefined) return common;
  }
  const parameter = askedParameter(type, code, world);
  if (parameter === undefined) throw unknownParameter(type, code, knownParameters(type, world.custom));
  return readParameter({ parameter, name: code, modifier, values, world });
}

type Common = Omit<Asked, 'parameter'> & { readonly type: string; readonly value: string };

function readCommon(code: string, asked: Common): Condition | undefined {
  const { modifier, values, type, value, world } = asked;
  const whole = () => meant(value).trim();
  switch (code) {
    case '_id':
      return readIds(asked);
    case '_lastUpdated':
      noModifier(code, modifier);
      return any(values.map((one) => ({ kind: 'updated', ...readDateRange(meant(one), { name: code, world }) })));
    case '_text':
    case '_content':
      noModifier(code, modifier);
      if (whole() === '') throw malformed(code, 'words to look for; it is empty');
      return { kind: 'text', scope: code === '_text' ? 'narrative' : 'content', query: whole() };
    case '_list':
      noModifier(code, modifier);
      if (!ID.test(value)) throw malformed(code, 'the id of a List');
      return { kind: 'list', own: type, id: value };
    default:
      return undefined;
  }
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

function readIds({ modifier, values, type, name }: Common): Condition {
  if (modifier === 'missing') return values[0] === 'false' ? { kind: 'always' } : { kind: 'never' };
  if (modifier !== undefined && modifier !== 'not') throw unknownModifier('_id', modifier, ['not', 'missing']);
  if (values.every((value) => value === '')) throw malformed(name, 'the id of a resource; it is empty');
  const ids: Condition = { kind: 'ids', ids: values.map(meant), persons: type === 'Patient' };
  return modifier === 'not' ? not(ids) : ids;
}

/** `subject:Patient.name=x`: https://hl7.org/fhir/R4/search.html#chaining */
function readChain({ type, name, value, world, depth = 0 }: Named, dot: number): Condition {
  const [code = '', modifier] = name.slice(0, dot).split(':');
  const rest = name.slice(dot + 1);
  const parameter = referenceParameter(type, code, world);
  if (modifier !== undefined && !isResourceType(modifier))
    throw unknownModifier(code, modifier, parameter.targets ?? ['Patient']);
  const targets = targetsOf(parameter, modifier);
  const to: { type: string; where: Condition }[] = [];
  let refusal: unknown = unknownModifier(code, modifier ?? '', parameter.targets ?? []);
  for (const target of targets) {
    try {
      to.push({ type: target, where: readNamed({ type: target, name: rest, value, world, depth: depth + 1 }) });
    } catch (error) {
      // A target that does not have the parameter is none of those meant, as long as another has it.
      if (!(error instanceof Refused) || error.code === 'search-parameter-building') throw error;
      refusal = error;
    }
  }
  if (to.length === 0) throw refusal;
  if (to.length > CHAIN_TYPES_MAX)
    throw new Refused(
      'search-cost',
      `"${code}" may refer to ${to.length} types that have "${rest}". Name one: ${code}:${to[0]?.type}.${rest}.`,
      name.slice(0, 64),
    );
  return {
    kind: 'chain',
    seeds: seedsOf(parameter),
    params: idsOf(parameter),
    to: to.filter(({ where }) => where.kind !== 'never'),
  };
}

/** `_has:Observation:patient:code=x`: https://hl7.org/fhir/R4/search.html#has */
function readHas({ type: own, name, value, world, depth = 0 }: Named): Condition {
  const [, type = '', code = '', ...rest] = name.split(':');
  if (rest.length === 0 || !isResourceType(type))
    throw malformed('_has', 'the form _has:Type:reference-parameter:parameter, such as _has:Observation:patient:code');
  const parameter = referenceParameter(type, code, world);
  if (parameter.only === undefined ? parameter.targets?.includes(own) === false : parameter.only !== own)
    throw new Refused('search-value', `"${code}" of ${type} does not refer to ${own}.`, '_has');
  const where = readNamed({ type, name: rest.join(':'), value, world, depth: depth + 1 });
  return { kind: 'has', own, params: idsOf(parameter), seeds: seedsOf(parameter), type, where };
}

function referenceParameter(type: string, code: string, world: SearchWorld): Parameter {
  const parameter = askedParameter(type, code, world);
  const references = Object.values(parametersOf(type)).filter((one) => one.kind === 'reference');
  if (parameter === undefined)
    throw unknownParameter(
      type,
      code,
      references.map((one) => one.code),
    );
  if (parameter.kind !== 'reference')
    throw new Refused(
      'search-chain',
      `"${code}" of ${type} is not a reference: it is a ${parameter.kind} and leads nowhere.`,
      code,
    );
  return parameter;
}
