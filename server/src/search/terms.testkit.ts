// Random searches: parameters with every modifier that a scan can follow, chains, what refers to them, and filters.
import fc from 'fast-check';
import { baseLibrary } from '../fhir/library.ts';
import type { SearchParameter } from '../fhir/structures.ts';
import {
  ACT_CODES,
  ACTS,
  type ARBITRARIES,
  CODES,
  DATES,
  PROFILES,
  pick,
  SYSTEMS,
  TEXTS,
  TYPES,
  UCUM,
} from './arbitraries.testkit.ts';
import { CUSTOM } from './custom.testkit.ts';
import { definitionsOf, type Filter, type Term } from './scan.testkit.ts';

const prefix = pick(['', '', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb']);
const date = fc.tuple(prefix, pick(DATES)).map(([before, text]) => `${before}${text}`);
const token = fc.oneof(
  pick([...CODES, 'male', 'final', 'true', 'false', '555', 'a@b.example']),
  fc.tuple(pick([...SYSTEMS, '']), pick(CODES)).map(([system, code]) => `${system}|${code}`),
  pick(SYSTEMS).map((system) => `${system}|`),
);
const amount = fc
  .tuple(prefix, fc.nat(4), pick(['', `|${UCUM}|mg`, `|${UCUM}|g`, '||mg', '||lots']))
  .map(([before, number, unit]) => `${before}${number}${unit}`);
const text = pick([...TEXTS, 'l', 'de', 'la cruz', 'ann']);
const near = fc
  .tuple(pick(['53.8|-1.55', '53.9|-1.3', '51.5|-0.1']), pick(['1', '30', '60', '300']))
  .map((of) => of.join('|'));
/** Values and modifiers that a kind of parameter may be asked with. */
const ASKED: {
  readonly [kind: string]: readonly [values: fc.Arbitrary<string>, modifiers: readonly (string | undefined)[]];
} = {
  token: [token, [undefined, undefined, 'not']],
  string: [text, [undefined, undefined, 'exact', 'contains']],
  date: [date, [undefined]],
  quantity: [amount, [undefined]],
  reference: [
    pick(['Patient/1', 'Patient/2', '1', '2', '#c', 'Group/1', 'http://other.example/fhir/Patient/1']),
    [undefined],
  ],
  uri: [pick(PROFILES), [undefined, 'below', 'above']],
  number: [fc.tuple(prefix, fc.nat(3)).map(([before, number]) => `${before}${number}`), [undefined]],
  special: [near, [undefined]],
};
/** A code element's implied system is the server's knowledge, not the path's: those are asked without one. */
const PRIMITIVE = /^(gender|status|active|deceased|telecom|phone|email|address-use|exclude)$/;

export type Asked = { readonly type: keyof typeof ARBITRARIES; readonly terms: readonly Term[] };
type Known = Pick<SearchParameter, 'code' | 'type' | 'component'>;

function valuesOf({ code, type }: Known): fc.Arbitrary<string> {
  const [values] = ASKED[type] ?? [];
  if (values === undefined) throw new Error(type);
  return PRIMITIVE.test(code) ? values.map((one) => one.slice(one.indexOf('|') + 1) || 'male') : values;
}

/** A parameter of the type with values; also custom ones, where they are defined. */
export function termOf(type: string, custom: readonly SearchParameter[] = []): fc.Arbitrary<Term> {
  const known: readonly Known[] = [
    ...custom.filter(({ base }) => base?.includes(type)),
    ...definitionsOf(type).filter((one) => ASKED[one.type] !== undefined || one.type === 'composite'),
    ...['_tag', '_profile'].map((code) => ({ code, type: code === '_tag' ? 'token' : 'uri' })),
  ];
  return pick(known).chain((one) => {
    const isMissing = pick(['true', 'false']).map(
      (said): Term => ({ name: one.code, modifier: 'missing', values: [said] }),
    );
    const asked = one.type === 'composite' ? together(one) : plainly(one);
    const special = specially(one, type).map((arbitrary) => ({ weight: 2, arbitrary }));
    return fc.oneof({ weight: 6, arbitrary: asked }, { weight: 1, arbitrary: isMissing }, ...special);
  });
}

function plainly(one: Known): fc.Arbitrary<Term> {
  const [, modifiers = [undefined]] = ASKED[one.type] ?? [];
  return fc
    .tuple(fc.array(valuesOf(one), { minLength: 1, maxLength: 2 }), pick(modifiers))
    .map(([values, modifier]): Term => ({ name: one.code, modifier, values }));
}

/** Values of a composite's parts. */
function together({ code, component = [] }: Known): fc.Arbitrary<Term> {
  const all = [...CUSTOM, ...component.flatMap((one) => baseLibrary().searchParameter(one.definition) ?? [])];
  const parts = component.map(({ definition }) => {
    const found = all.find(({ url }) => url === definition.replace(/\|.*/, ''));
    if (found === undefined) throw new Error(definition);
    return valuesOf(found);
  });
  return fc
    .array(fc.tuple(...parts), { minLength: 1, maxLength: 2 })
    .map((some): Term => ({ name: code, modifier: undefined, values: some.map((value) => value.join('$')) }));
}

/** What only some parameters can be asked. */
function specially({ code, type: kind }: Known, type: string): readonly fc.Arbitrary<Term>[] {
  const term = (modifier: string, values: fc.Arbitrary<string>) =>
    values.map((value): Term => ({ name: code, modifier, values: [value] }));
  const coded = kind === 'token' && !PRIMITIVE.test(code);
  const ofType = fc.tuple(pick([...SYSTEMS, '']), pick(CODES), pick(CODES)).map((parts) => parts.join('|'));
  const act = pick(ACT_CODES).map((one) => `${ACTS}|${one}`);
  return [
    ...(coded ? [term('text', pick(TEXTS))] : []),
    ...(code === 'identifier' && type === 'Patient' ? [term('of-type', ofType)] : []),
    ...(code === 'class' ? [term('below', act), term('above', act)] : []),
  ];
}

/** Strings that are no names and addresses: those are found by any of their words, which a filter's "equal" would have to know of. */
const PLAIN = /^(family|given|address-city|value-string|abatement-string)$/;

/** One comparison of a filter, with what it means. */
function comparisonOf(type: string): fc.Arbitrary<readonly [text: string, means: Filter]> {
  const known = definitionsOf(type).filter(
    (one) => ['token', 'date', 'reference'].includes(one.type) || (one.type === 'string' && PLAIN.test(one.code)),
  );
  return pick(known).chain((one) => {
    const { code } = one;
    const told = (operator: string, value: string, term: Omit<Term, 'name'>): readonly [string, Filter] => {
      const means: Filter = { kind: 'term', term: { name: code, ...term } };
      return [`${code} ${operator} "${value}"`, operator === 'ne' ? { kind: 'not', of: means } : means];
    };
    const presence = pick(['true', 'false']).map((said) =>
      told('pr', said, { modifier: 'missing', values: [said === 'true' ? 'false' : 'true'] }),
    );
    const plain = { modifier: undefined };
    switch (one.type) {
      case 'string':
        return fc.oneof(
          presence,
          fc
            .tuple(pick(['eq', 'ne', 'co', 'sw', 'ew']), text)
            .map(([operator, value]) => told(operator, value, { modifier: MATCHES[operator], values: [value] })),
        );
      case 'date':
        return fc.oneof(
          presence,
          fc
            .tuple(pick(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb']), pick(DATES))
            .map(([operator, value]) =>
              told(operator, value, { ...plain, values: [operator === 'ne' ? value : `${operator}${value}`] }),
            ),
        );
      default:
        return fc.oneof(
          presence,
          fc
            .tuple(pick(one.type === 'token' ? ['eq', 'ne'] : ['re']), valuesOf(one))
            .map(([operator, value]) => told(operator, value, { ...plain, values: [value] })),
        );
    }
  });
}

const MATCHES: { readonly [operator: string]: string | undefined } = {
  eq: 'equals',
  ne: 'equals',
  co: 'contains',
  ew: 'ends',
};

export function filterOf(type: string): fc.Arbitrary<Term> {
  const several = fc.tuple(
    pick(['and', 'or'] as const),
    fc.array(comparisonOf(type), { minLength: 1, maxLength: 3 }),
    fc.boolean(),
  );
  return several.map(([word, some, isNot]): Term => {
    const joined = some.map(([said]) => said).join(` ${word} `);
    const of: Filter = { kind: word === 'and' ? 'all' : 'any', of: some.map(([, means]) => means) };
    return {
      ...{ name: '_filter', modifier: undefined, values: [isNot ? `not (${joined})` : joined] },
      filter: isNot ? { kind: 'not', of } : of,
    };
  });
}

const through = (path: string, term: fc.Arbitrary<Term>) =>
  term.map((one): Term => ({ ...one, name: `${path}${one.name}` }));

/** What leads elsewhere, or is led to. */
function linkedTo(type: (typeof TYPES)[number]): fc.Arbitrary<Term> {
  switch (type) {
    case 'Patient':
      return fc.oneof(
        pick(['Observation', 'Encounter', 'Condition'] as const).chain((from) =>
          through(`_has:${from}:patient:`, termOf(from)),
        ),
        through('_has:Encounter:patient:_has:Observation:encounter:', termOf('Observation')),
      );
    case 'Observation':
      return fc.oneof(
        through('patient.', termOf('Patient')),
        through('encounter.', termOf('Encounter')),
        through('encounter.patient.', termOf('Patient')),
      );
    default:
      return through('patient.', termOf('Patient'));
  }
}

export const search = pick(TYPES).chain((type) =>
  fc
    .oneof(
      { weight: 4, arbitrary: fc.array(termOf(type), { minLength: 1, maxLength: 3 }) },
      { weight: 2, arbitrary: linkedTo(type).map((term) => [term]) },
      { weight: 1, arbitrary: fc.tuple(filterOf(type), termOf(type)).map(([one, other]) => [one, other]) },
      { weight: 1, arbitrary: filterOf(type).map((term) => [term]) },
    )
    .map((terms): Asked => ({ type, terms })),
);

export function urlOf({ type, terms }: Asked): string {
  const escaped = (value: string) => value.replace(/[\\,]/g, '\\$&');
  const pairs = terms.map(({ name: code, modifier, values, filter }): [string, string] => [
    `${code}${modifier === undefined ? '' : `:${modifier}`}`,
    (filter === undefined ? values.map(escaped) : values).join(','),
  ]);
  return `${type}?${new URLSearchParams([...pairs, ['_count', '100']])}`;
}
