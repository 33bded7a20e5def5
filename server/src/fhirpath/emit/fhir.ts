// The functions that FHIR adds (https://hl7.org/fhir/R4/fhirpath.html#functions), written as JavaScript.
import { isPrimitive } from '../model.ts';
import { FhirPathError } from '../types.ts';
import {
  type Emission,
  type Emitted,
  fresh,
  named,
  nodeText,
  ofNodes,
  quoted,
  type Stream,
  type Truth,
  write,
} from './emission.ts';
import { present } from './filters.ts';
import { settled, toNode, toNodes, toStream, toValue } from './results.ts';
import type { Call } from './scope.ts';
import { step } from './steps.ts';

type Special = { readonly least: number; readonly most: number; readonly emit: (call: Call) => Emitted };

export const FUNCTIONS: { readonly [name: string]: Special } = {
  extension: { least: 1, most: 1, emit: extension },
  hasExtension: { least: 1, most: 1, emit: (call) => present(call.emission, extension(call)) },
  hasValue: { least: 0, most: 0, emit: hasValue },
  getValue: { least: 0, most: 0, emit: getValue },
  resolve: { least: 0, most: 0, emit: resolve },
  htmlChecks: { least: 0, most: 0, emit: htmlChecks },
  memberOf: { least: 1, most: 1, emit: (call) => asked(call, 'memberOf') },
  conformsTo: { least: 1, most: 1, emit: (call) => asked(call, 'conformsTo') },
  subsumes: { least: 1, most: 1, emit: (call) => asked(call, 'subsumes') },
  subsumedBy: { least: 1, most: 1, emit: (call) => asked(call, 'subsumedBy') },
  checkModifiers: { least: 0, most: 100, emit: checkModifiers },
};

function extension(call: Call): Stream {
  const { emission, ast } = call;
  const [urlAst] = ast.parameters;
  if (urlAst === undefined) throw new FhirPathError('semantic', 'extension() takes a url', ast.at);
  const extensions = step(emission, toStream(emission, call.input), { name: 'extension', at: ast.at });
  const url = toValue(emission, call.emit(urlAst, call.scope));
  const wanted =
    url?.text ?? named(emission, 's', `rt.textOf(${toNode(emission, call.emit(urlAst, call.scope))}, 'extension')`);
  return {
    kind: 'stream',
    single: false,
    type: extensions.type,
    possible: extensions.possible,
    each: (body) =>
      extensions.each((item) => {
        write(emission, `if (${item.value}.url === ${wanted}) {`);
        body(item);
        write(emission, '}');
      }),
  };
}

/** True for one primitive that has a value, whatever extensions it has. */
function hasValue(call: Call): Truth {
  const { emission } = call;
  const stream = settled(emission, call.input);
  const [found, many] = [fresh(emission, 'b'), fresh(emission, 'm')];
  write(emission, `let ${found} = false, ${many} = 0;`);
  stream.each((item) => {
    const primitive =
      item.type === undefined
        ? `rt.isPrimitive(${item.typeText})`
        : String(isPrimitive(item.type) || item.type.startsWith('System.'));
    write(emission, `${many}++; ${found} = ${item.value} !== undefined && ${primitive};`);
  });
  return { kind: 'truth', text: stream.single ? found : `(${many} === 1 && ${found})`, sure: true };
}

function getValue(call: Call): Stream {
  const { emission } = call;
  return ofNodes(emission, `rt.valuesOf(${toNodes(emission, call.input)})`);
}

/** References that nobody can follow are left out. */
function resolve(call: Call): Stream {
  const { emission } = call;
  const stream = settled(emission, call.input);
  return {
    kind: 'stream',
    single: stream.single,
    type: 'Resource',
    possible: undefined,
    each: (body) =>
      stream.each((item) => {
        const found = named(emission, 'n', `rt.resolveOne(${nodeText(item)}, c)`);
        write(emission, `if (${found} !== undefined) {`);
        body({
          value: `${found}.value`,
          companion: 'undefined',
          type: 'Resource',
          possible: undefined,
          typeText: `${found}.type`,
          node: found,
        });
        write(emission, '}');
      }),
  };
}

function htmlChecks(call: Call): Emitted {
  const { emission } = call;
  const one = toNode(emission, call.input);
  const text = `${one} === undefined ? undefined : rt.asked(c, 'htmlChecks')(String(${one}.value))`;
  return { kind: 'value', text: named(emission, 'v', text), type: 'System.Boolean', sure: false };
}

/** Questions that only the context can answer. Undefined, where it does not know, is empty. */
function asked(call: Call, name: 'memberOf' | 'conformsTo' | 'subsumes' | 'subsumedBy'): Emitted {
  const { emission, ast } = call;
  const [parameter] = ast.parameters;
  if (parameter === undefined) throw new FhirPathError('semantic', `${name}() takes a parameter`, ast.at);
  const one = toNode(emission, call.input);
  const other = toNode(emission, call.emit(parameter, call.scope));
  const question = QUESTIONS[name](one, other);
  const text = `${one} === undefined || ${other} === undefined ? undefined : ${question}`;
  return { kind: 'value', text: named(emission, 'v', text), type: 'System.Boolean', sure: false };
}

const QUESTIONS = {
  memberOf: (one: string, other: string) => `rt.asked(c, 'memberOf')(${one}, String(${other}.value))`,
  conformsTo: (one: string, other: string) => `rt.conformsTo(c, ${one}, String(${other}.value))`,
  subsumes: (one: string, other: string) => `rt.asked(c, 'subsumes')(${one}, ${other})`,
  subsumedBy: (one: string, other: string) => `rt.asked(c, 'subsumes')(${other}, ${one})`,
} as const;

/** The input, once it is sure that no modifier extension but the named ones is there. */
function checkModifiers(call: Call): Stream {
  const { emission, ast } = call;
  const names = ast.parameters.map((one) => nameOf(emission, call, one));
  return ofNodes(emission, `rt.checkModifiers(${toNodes(emission, call.input)}, [${names.join(', ')}])`);
}

function nameOf(emission: Emission, call: Call, ast: Call['ast']['parameters'][number]): string {
  if (ast.kind === 'literal') return quoted(String(ast.value));
  return `rt.textOf(${toNode(emission, call.emit(ast, call.scope))}, 'checkModifiers')`;
}
