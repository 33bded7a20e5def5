// The search parameters of each type, from the generated table, and those that custom SearchParameter resources add.            (pure)

import { type CustomTable, customOf, NO_CUSTOM } from './custom.ts';
import generated from './parameters.gen.json' with { type: 'json' };
import { readPath } from './path-text.ts';
import type { Component, Kind, Parameter, Path } from './types.ts';

export type ParameterTable = { readonly [code: string]: Parameter };

const LINES: { readonly [type: string]: readonly string[] } = generated.types;
const COMPARTMENTS: { readonly [code: string]: { readonly [type: string]: string } } = generated.compartments;
const tables = new Map<string, ParameterTable>();

/** What a resource of this type is indexed by and may be searched with; empty for an unknown type. Parsed once a type. */
export function parametersOf(type: string): ParameterTable {
  const known = tables.get(type);
  if (known !== undefined) return known;
  const lines = Object.hasOwn(LINES, type) ? (LINES[type] ?? []) : [];
  const table = Object.fromEntries(lines.map((line) => readLine(type, line)).map((one) => [one.code, one]));
  tables.set(type, table);
  return table;
}

/** A parameter of R4, or a custom one that is defined for the type, complete or not. */
export function parameterOf(type: string, code: string, custom: CustomTable = NO_CUSTOM): Parameter | undefined {
  const table = parametersOf(type);
  return Object.hasOwn(table, code) ? table[code] : customOf(custom, type, code);
}

/** The parameters through which a type belongs to a compartment; `{def}` is the owner itself. Undefined: it never does. */
export function compartmentOf(compartment: string, type: string): readonly string[] | undefined {
  const members = Object.hasOwn(COMPARTMENTS, compartment) ? COMPARTMENTS[compartment] : undefined;
  return members !== undefined && Object.hasOwn(members, type) ? members[type]?.split(' ') : undefined;
}

export function compartmentTypes(compartment: string): readonly string[] | undefined {
  const members = Object.hasOwn(COMPARTMENTS, compartment) ? COMPARTMENTS[compartment] : undefined;
  return members === undefined ? undefined : Object.keys(members);
}

function readLine(type: string, line: string): Parameter {
  const [code = '', kind = '', id = '', paths = '', targets = '', bit = '', same = '', group = '', components = ''] =
    line.split('\t');
  return {
    id: Number(id),
    type,
    code,
    kind: kind as Kind,
    paths: readPaths(paths),
    targets: targets === '' || targets === '*' ? undefined : targets.split(' '),
    bit: bit === '' ? undefined : Number(bit),
    sameAs: same === '' ? undefined : same.split(' ').map((one) => one.split('>', 1)[0] ?? one),
    only: same.includes('>') ? same.slice(same.indexOf('>') + 1) : undefined,
    group: group === '' ? undefined : readPath(group),
    components: components === '' ? undefined : components.split(' ; ').map(readComponent),
  };
}

function readPaths(text: string): readonly Path[] {
  return text === '' ? [] : text.split(' | ').map(readPath);
}

function readComponent(text: string): Component {
  const [code = '', kind = '', id = ''] = text.split('=', 3);
  const paths = text.slice(code.length + kind.length + id.length + 3);
  return {
    code,
    kind: kind as Kind,
    id: Number(id),
    fromRoot: paths.startsWith('%'),
    paths: readPaths(paths.replaceAll('%', '')),
  };
}
