// The FHIRPath of search parameters as paths: members, unions, casts, `where` by one value, `resolve() is T`, `extension(url)`,
// `[0]`. Enough for all of R4's parameters; what goes beyond is undefined, and its parameter cannot be used.                   (pure)
import { codeSetOf } from '../fhir/code-sets.ts';
import { type ElementDefinition, elementsOf, isResourceType } from '../fhir/definitions.ts';
import { baseLibrary } from '../fhir/library.ts';
import type { Keep, Kind, Path, Step } from './types.ts';

type Token = { readonly kind: 'name' | 'text' | 'sign'; readonly text: string };
/** A path under way: where it stands, as types; the last step's choice is not made before the next step or a cast. */
type Walk = {
  readonly steps: readonly Step[];
  readonly types: readonly string[];
  readonly choice: string | undefined;
  readonly system: string | undefined;
};

const TOKEN = /\s*(?:([A-Za-z_]\w*)|'([^']*)'|(!=|[.()|=[\]%]|\d+))/y;
/** The FHIR types that each kind of parameter takes its values from. */
export const VALUE_TYPES: { readonly [kind in Kind]: readonly string[] } = {
  token: ['boolean', 'code', 'string', 'id', 'uri', 'Coding', 'CodeableConcept', 'Identifier', 'ContactPoint'],
  string: ['string', 'markdown', 'code', 'HumanName', 'Address'],
  date: ['date', 'dateTime', 'instant', 'Period', 'Timing'],
  number: ['integer', 'decimal', 'positiveInt', 'unsignedInt', 'Range'],
  quantity: ['Quantity', 'Age', 'Duration', 'Count', 'Distance', 'SimpleQuantity', 'Money', 'Range', 'SampledData'],
  reference: ['Reference', 'canonical', 'uri', 'Resource'],
  uri: ['uri', 'url', 'canonical', 'oid', 'uuid'],
  composite: [],
  // What lies somewhere: a position, or the extension that gives one to something else.
  special: ['Location.position', 'Extension'],
};

/** The paths of an expression from `base` (a resource type, or a nested element such as `Observation.component`). */
export function pathsOf(expression: string, base: string, kind: Kind): readonly Path[] | undefined {
  const exists = /^(\w+)\.(\w+)\.exists\(\) and \1\.\2 != false$/;
  const alternatives = splitUnion(expression);
  const paths: Path[] = [];
  for (const one of alternatives) {
    const asExists = exists.exec(one);
    const walks = parse(asExists === null ? one : `${asExists[1]}.${asExists[2]}`, base);
    if (walks === undefined) return undefined;
    paths.push(...walks.flatMap((walk) => close(walk, asExists === null ? kind : undefined)));
  }
  return paths;
}

/** Splits at top-level `|`. */
function splitUnion(expression: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const char of expression) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (char === '|' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim());
}

function tokens(text: string): readonly Token[] | undefined {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    if (match[1] !== undefined) found.push({ kind: 'name', text: match[1] });
    else if (match[2] !== undefined) found.push({ kind: 'text', text: match[2] });
    else found.push({ kind: 'sign', text: match[3] ?? '' });
  }
  return found;
}

/** Undefined: not understood. Empty: an alternative of another type, or that the type does not have. */
function parse(text: string, base: string): readonly Walk[] | undefined {
  const inner = /^\((.*)\)((?:\.\w+)*)$/.exec(text);
  const cast = /^(.*) as (\w+)$/.exec(inner?.[1] ?? text);
  const called = cast === null ? (inner?.[1] ?? text) : `${cast[1]}.as(${cast[2]})`;
  const all = tokens(`${called}${inner?.[2] ?? ''}`);
  if (all === undefined) return undefined;
  let at = 0;
  let walk: Walk | undefined = { steps: [], types: [base], choice: undefined, system: undefined };
  if (all[0]?.text === base.split('.', 1)[0]) {
    at = 1;
  } else if (all[0]?.text === 'Resource' || all[0]?.text === 'DomainResource') at = 1;
  else if (isResourceType(all[0]?.text ?? '')) return [];
  else if (all[0]?.kind === 'name') {
    const next = member(walk, all[0].text);
    if (next === undefined) return [];
    walk = next;
    at = 1;
  }
  while (at < all.length && walk !== undefined) {
    const step = readNext(all, at);
    if (step === undefined) return undefined;
    walk = step.apply(walk);
    at = step.at;
  }
  return walk === undefined ? [] : [walk];
}

type Next = { readonly at: number; readonly apply: (walk: Walk) => Walk | undefined };

function readNext(all: readonly Token[], at: number): Next | undefined {
  if (all[at]?.text === '[' && all[at + 1]?.text === '0')
    return { at: at + 3, apply: (walk) => keepLast(walk, { kind: 'first' }) };
  if (all[at]?.text !== '.') return undefined;
  const name = all[at + 1]?.text ?? '';
  if (all[at + 2]?.text !== '(') return { at: at + 2, apply: (walk) => member(walk, name) };
  let depth = 1;
  let end = at + 3;
  while (end < all.length && depth > 0) {
    if (all[end]?.text === '(') depth += 1;
    if (all[end]?.text === ')') depth -= 1;
    end += 1;
  }
  const apply = readCall(name, all.slice(at + 3, end - 1));
  return apply === undefined ? undefined : { at: end, apply };
}

function readCall(name: string, given: readonly Token[]): Next['apply'] | undefined {
  const [first] = given;
  const text = given.map((token) => token.text).join(' ');
  if (name === 'as' || name === 'ofType') return (walk) => castTo(walk, text);
  if (name === 'extension' && first !== undefined) return (walk) => extension(walk, first.text);
  if (name !== 'where') return undefined;
  const resolves = /^resolve \( \) is (\w+)$/.exec(text);
  if (resolves !== null) return (walk) => keepLast(walk, { kind: 'resolves', type: resolves[1] ?? '' });
  if (first?.text === 'hasExtension') {
    const url = given[2]?.text ?? '';
    return (walk) => keepLast(walk, { kind: 'extension', url });
  }
  const value = given[2];
  if (given.length !== 3 || first === undefined || given[1]?.text !== '=' || value?.kind !== 'text') return undefined;
  return (walk) => keepLast(walk, { kind: 'equals', name: first.text, value: value.text });
}

function keepLast(walk: Walk, keep: Keep): Walk {
  const last = walk.steps.at(-1);
  return last === undefined ? walk : { ...walk, steps: [...walk.steps.slice(0, -1), { ...last, keep }] };
}

function extension(walk: Walk, url: string): Walk {
  return {
    steps: [...walk.steps, { name: 'extension', isList: true, keep: { kind: 'equals', name: 'url', value: url } }],
    types: ['Extension'],
    choice: undefined,
    system: undefined,
  };
}

function member(walk: Walk, name: string): Walk | undefined {
  for (const type of walk.types) {
    const element = elementsOf(type).find((one) => one.name === name);
    if (element === undefined) continue;
    const types = element.types.map((one) => one.type);
    const step: Step = { name, isList: element.isList, keep: undefined };
    // What stands behind a choice that nobody made has one type only, which the element name tells.
    const before = walk.choice === undefined ? walk.steps : [...walk.steps.slice(0, -1), chosen(walk, type)];
    return {
      steps: [...before, step],
      types,
      choice: element.isChoice ? name : undefined,
      system: impliedSystem(element),
    };
  }
  return undefined;
}

/** A code has no system of its own: its required value set tells it, where all its codes are of one. */
function impliedSystem({ binding, types }: ElementDefinition): string | undefined {
  if (binding?.strength !== 'required' || binding.valueSet === undefined || types[0]?.type !== 'code') return undefined;
  const systems = [...(codeSetOf(baseLibrary(), binding.valueSet)?.codes.keys() ?? [])];
  return systems.length === 1 ? systems[0] : undefined;
}

function chosen({ steps, choice }: Walk, type: string): Step {
  const last = steps.at(-1) ?? { name: '', isList: false, keep: undefined };
  return { ...last, name: `${choice}${type[0]?.toUpperCase()}${type.slice(1)}` };
}

function castTo(walk: Walk, named: string): Walk | undefined {
  // The published table writes DateTime for dateTime.
  const type =
    walk.types.find((one) => one === named) ?? walk.types.find((one) => one.toLowerCase() === named.toLowerCase());
  if (type === undefined) return undefined;
  if (walk.choice === undefined) return { ...walk, types: [type] };
  return {
    steps: [...walk.steps.slice(0, -1), chosen(walk, type)],
    types: [type],
    choice: undefined,
    system: undefined,
  };
}

/** A path for each type the walk may end in and the kind takes; `kind` undefined asks only whether something is there. */
function close(walk: Walk, kind: Kind | undefined): readonly Path[] {
  const asItem = kind === 'composite' || kind === 'special';
  if (!asItem && walk.types[0] === 'Extension' && walk.types.length === 1) {
    const value = member(walk, 'value');
    return value === undefined ? [] : close(value, kind);
  }
  const types =
    kind === undefined || kind === 'composite'
      ? walk.types
      : walk.types.filter((type) => VALUE_TYPES[kind].includes(type));
  return types.map((type) => ({
    steps: walk.choice === undefined ? walk.steps : [...walk.steps.slice(0, -1), chosen(walk, type)],
    type,
    system: kind === 'token' && type === 'code' ? walk.system : undefined,
    asExists: kind === undefined,
  }));
}
