// is, as and ofType, as operators and as functions (http://hl7.org/fhirpath/N1, section 6.3).
import { isA, isAbstractResource, typesNamed } from '../model.ts';
import { type Ast, FhirPathError, type Position, type TypeName } from '../types.ts';
import {
  type Emission,
  type Emitted,
  fresh,
  isEmpty,
  named,
  narrowed,
  nodeText,
  type Stream,
  typeTest,
  write,
} from './emission.ts';
import { settled, toStream } from './results.ts';
import type { Call } from './scope.ts';

/** The items of a type. One item where `as` is meant; R4's own search parameters use `as` on several, so all are kept. */
export function ofType(emission: Emission, input: Emitted, { type, at }: { type: TypeName; at: Position }): Stream {
  const wanted = typesNamed(type, at);
  const stream = toStream(emission, input);
  const fits = (one: string) => wanted.some((name) => isA(one, name));
  if (stream.type !== undefined && fits(stream.type)) return stream;
  if (stream.narrow !== undefined && stream.possible !== undefined) return stream.narrow(fits);
  const possible = stream.type === undefined ? stream.possible?.filter(fits) : narrowedTypes(stream.type, wanted);
  const [only] = possible ?? wanted;
  const sureType = possible?.length === 1 ? only : narrowedOne(wanted);
  return {
    kind: 'stream',
    single: stream.single,
    type: sureType,
    possible: sureType === undefined ? possible : undefined,
    ...(stream.repeats === true ? { repeats: true } : {}),
    each: (body, valuesOnly) =>
      stream.each((item) => {
        const test = typeTest(emission, item, wanted);
        if (test === 'false') return;
        if (test !== 'true') write(emission, `if (${test}) {`);
        const kept = narrowed(item, wanted);
        body(kept.type === undefined && sureType !== undefined ? { ...kept, type: sureType } : kept);
        if (test !== 'true') write(emission, '}');
      }, valuesOnly),
  };
}

/** The type that an item of an abstract resource type has once it passed; nothing passes that cannot be a `wanted`. */
function narrowedTypes(type: string, wanted: readonly string[]): readonly string[] {
  return isAbstractResource(type) ? wanted.filter((one) => isA(one, 'Resource')) : [];
}

function narrowedOne(wanted: readonly string[]): string | undefined {
  const item = { value: '', companion: '', type: undefined, possible: undefined, typeText: '', node: undefined };
  return narrowed(item, wanted).type;
}

/** Empty stays empty; several items are an error. */
export function isType(emission: Emission, input: Emitted, { type, at }: { type: TypeName; at: Position }): Emitted {
  const wanted = typesNamed(type, at);
  if (isEmpty(input)) return input;
  const stream = settled(emission, input);
  const result = fresh(emission, 'v');
  write(emission, `let ${result};`);
  stream.each((item) => {
    if (!stream.single) write(emission, `if (${result} !== undefined) rt.several();`);
    write(emission, `${result} = ${typeTest(emission, item, wanted)};`);
  });
  return { kind: 'value', text: result, type: 'System.Boolean', sure: false };
}

/** `resolve() is Patient`: told from the reference itself where that says its type, so that nothing need be fetched. */
export function resolvesTo(
  emission: Emission,
  input: Emitted,
  { type, at }: { type: TypeName; at: Position },
): Emitted {
  const wanted = typesNamed(type, at);
  const stream = settled(emission, input);
  const result = fresh(emission, 'v');
  write(emission, `let ${result};`);
  stream.each((item) => {
    const found = named(emission, 't', `rt.referencedType(${nodeText(item)}, c)`);
    write(emission, `if (${found} !== undefined) {`);
    if (!stream.single) write(emission, `if (${result} !== undefined) rt.several();`);
    const target = { ...item, type: undefined, possible: undefined, typeText: found };
    write(emission, `${result} = ${typeTest(emission, target, wanted)};}`);
  });
  return { kind: 'value', text: result, type: 'System.Boolean', sure: false };
}

/** Whether an expression is `resolve()`, whose type can be told without it. */
export function isResolve(ast: Ast | undefined): ast is Ast & { readonly kind: 'call' } {
  return ast?.kind === 'call' && ast.name === 'resolve' && ast.parameters.length === 0;
}

export function typeFunction(call: Call): Emitted {
  const [parameter] = call.ast.parameters;
  const at = call.ast.at;
  const type = parameter === undefined ? undefined : typeNameFrom(parameter);
  if (type === undefined) throw new FhirPathError('semantic', `${call.ast.name}() takes the name of a type`, at);
  if (call.ast.name !== 'is') return ofType(call.emission, call.input, { type, at });
  const { on } = call.ast;
  if (isResolve(on)) {
    const references = on.on === undefined ? call.scope.focus : call.emit(on.on, call.scope);
    return resolvesTo(call.emission, references, { type, at });
  }
  return isType(call.emission, call.input, { type, at });
}

function typeNameFrom(ast: Ast): TypeName | undefined {
  if (ast.kind === 'literal' && ast.type === 'System.String') return { namespace: undefined, name: String(ast.value) };
  if (ast.kind !== 'member') return undefined;
  if (ast.on === undefined) return { namespace: undefined, name: ast.name };
  return ast.on.kind === 'member' && ast.on.on === undefined ? { namespace: ast.on.name, name: ast.name } : undefined;
}
