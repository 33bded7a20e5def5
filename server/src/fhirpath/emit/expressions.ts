// Every kind of expression, emitted. Operators and functions have files of their own; this is where they meet.

import { isA, isAbstractResource, isTypeName } from '../model.ts';
import { type Table, table } from '../table.ts';
import { type Ast, FhirPathError } from '../types.ts';
import {
  constant,
  EMPTY,
  type Emission,
  type Emitted,
  hoist,
  type Item,
  ofItem,
  ofNode,
  ofNodes,
  quoted,
  type Stream,
  systemItem,
  write,
} from './emission.ts';
import { placed } from './filters.ts';
import { emitCall } from './functions.ts';
import { emitBinary } from './operators.ts';
import { toNode, toStream } from './results.ts';
import type { Emit, Scope } from './scope.ts';
import { step } from './steps.ts';
import { isResolve, isType, ofType, resolvesTo } from './type-tests.ts';

export function emitter(emission: Emission): Emit {
  const emit: Emit = (ast, scope) => {
    switch (ast.kind) {
      case 'empty':
        return EMPTY;
      case 'literal':
        return literal(emission, ast);
      case 'variable':
        return variable(emission, ast, scope);
      case 'special':
        return special(ast, scope);
      case 'member':
        return member(emission, emit, { ast, scope });
      case 'call':
        return emitCall({ emission, emit, scope, ast, input: inputOf(emit, { ast, scope }) });
      case 'index': {
        const call = { kind: 'call', name: '[]', on: ast.on, parameters: [ast.index], at: ast.at } as const;
        return placed({ emission, emit, scope, ast: call, input: emit(ast.on, scope) }, 'index');
      }
      case 'sign': {
        const operand = toNode(emission, emit(ast.operand, scope));
        return ofNode(emission, `${operand} === undefined ? undefined : rt.signed(${operand}, ${quoted(ast.sign)})`);
      }
      case 'binary':
        return emitBinary({ emission, emit, scope, ast });
      case 'type':
        return typed(emission, emit, { ast, scope });
      default:
        return ast satisfies never;
    }
  };
  return emit;
}

type At<Kind extends Ast['kind']> = { readonly ast: Ast & { readonly kind: Kind }; readonly scope: Scope };

/** What a call works on. `resolve() is T` looks at the references themselves, so its resolve() is not emitted. */
function inputOf(emit: Emit, { ast, scope }: At<'call'>): Emitted {
  if (ast.on === undefined) return scope.focus;
  if (ast.name === 'is' && isResolve(ast.on)) return EMPTY;
  return emit(ast.on, scope);
}

function literal(emission: Emission, ast: Ast & { readonly kind: 'literal' }): Emitted {
  const { value, type } = ast;
  if (type === 'System.Quantity') return ofItem(systemItem(constant(emission, value), type));
  const isPlain = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
  const text = isPlain ? JSON.stringify(value) : constant(emission, value);
  return { kind: 'value', text, type, sure: true, literal: value };
}

const FIXED: Table<string> = table({
  ucum: 'http://unitsofmeasure.org',
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
});

function variable(emission: Emission, ast: Ast & { readonly kind: 'variable' }, scope: Scope): Emitted {
  const { name } = ast;
  const fixed = FIXED[name] ?? canonicalOf(name);
  if (fixed !== undefined) {
    return { kind: 'value', text: quoted(fixed), type: 'System.String', sure: true, literal: fixed };
  }
  if (name === 'context') return scope.root;
  if (name === 'resource') return resource(emission, 'rt.resourceIn(c, v)', emission.resourceType);
  if (name === 'rootResource') return resource(emission, 'rt.rootIn(c, v)', 'Resource');
  return ofNodes(emission, `rt.variable(c, ${quoted(name)})`);
}

function canonicalOf(name: string): string | undefined {
  if (name.startsWith('vs-')) return `http://hl7.org/fhir/ValueSet/${name.slice(3)}`;
  return name.startsWith('ext-') ? `http://hl7.org/fhir/StructureDefinition/${name.slice(4)}` : undefined;
}

function resource(emission: Emission, text: string, type: string): Stream {
  const value = hoist(emission, text);
  const typeText = isAbstractResource(type) ? `rt.resourceTypeOf(${value}, 'Resource')` : quoted(type);
  const located = emission.options.located;
  const item: Item = {
    value,
    companion: 'undefined',
    type,
    possible: undefined,
    typeText,
    node: located ? hoist(emission, `rt.rootNode(${value}, ${quoted(type)})`) : undefined,
  };
  return {
    ...ofItem(item),
    each: (body) => {
      write(emission, `if (${value} !== undefined) {`);
      body(item);
      write(emission, '}');
    },
  };
}

function special(ast: Ast & { readonly kind: 'special' }, scope: Scope): Emitted {
  if (ast.name === '$this') return scope.focus;
  if (ast.name === '$total') {
    if (scope.total === undefined) throw new FhirPathError('semantic', '$total is known in aggregate() only', ast.at);
    return scope.total;
  }
  if (scope.index === undefined) throw new FhirPathError('semantic', '$index is known inside functions only', ast.at);
  return { kind: 'value', text: scope.index, type: 'System.Integer', sure: true };
}

function member(emission: Emission, emit: Emit, { ast, scope }: At<'member'>): Emitted {
  if (ast.on !== undefined) {
    return step(emission, toStream(emission, emit(ast.on, scope)), ast);
  }
  if (isTypeName(ast.name)) return rootType(emission, ast, scope.focus);
  return step(emission, scope.focus, ast);
}

/** `Patient` at the start of a path: the focus, if it is one. */
function rootType(emission: Emission, ast: Ast & { readonly kind: 'member' }, focus: Stream): Stream {
  const types = focus.type === undefined ? focus.possible : [focus.type];
  if (types?.some((type) => isA(type, ast.name)) === true && focus.type !== undefined) return focus;
  const never = types?.every((type) => !isAbstractResource(type) && !isA(type, ast.name)) === true;
  if (never && emission.options.strict) {
    throw new FhirPathError('semantic', `The focus is no ${ast.name}`, ast.at);
  }
  return never ? EMPTY : ofType(emission, focus, { type: { namespace: undefined, name: ast.name }, at: ast.at });
}

function typed(emission: Emission, emit: Emit, { ast, scope }: At<'type'>): Emitted {
  const { on, type, at } = ast;
  if (ast.operator === 'as') return ofType(emission, emit(on, scope), { type, at });
  if (!isResolve(on)) return isType(emission, emit(on, scope), { type, at });
  return resolvesTo(emission, on.on === undefined ? scope.focus : emit(on.on, scope), { type, at });
}
