// Functions that look at each item: where, select, exists, all, first and their like (http://hl7.org/fhirpath/N1, sections 5.1 to 5.3).
import { FhirPathError } from '../types.ts';
import {
  type Emission,
  type Emitted,
  fresh,
  type Item,
  itemOfNode,
  named,
  nodeText,
  ofItem,
  PROBES_MAX,
  type Stream,
  streamOfNodes,
  type Truth,
  write,
} from './emission.ts';
import { isTrue, settled, toNode, toNodes, toStream, toTruth } from './results.ts';
import type { Call, Scope } from './scope.ts';

/** The scope in which a criterion or projection is evaluated for one item. */
function within(call: Call, item: Item, index: string | undefined): Scope {
  const focus = ofItem(item);
  return { ...call.scope, focus, index };
}

function parameter(call: Call, place: number) {
  const ast = call.ast.parameters[place];
  if (ast === undefined) throw new FhirPathError('semantic', `${call.ast.name}() lacks a parameter`, call.ast.at);
  return ast;
}

/** Runs the body for each item with its number, which costs nothing unless `$index` occurs. */
function numbered(call: Call, stream: Stream, body: (item: Item, index: string) => void): void {
  const { emission } = call;
  const index = fresh(emission, 'x');
  write(emission, `let ${index} = 0;`);
  stream.each((item) => {
    body(item, index);
    write(emission, `${index}++;`);
  });
}

export function where(call: Call): Emitted {
  const stream = settled(call.emission, call.input);
  const criterion = parameter(call, 0);
  return {
    kind: 'stream',
    single: stream.single,
    type: stream.type,
    possible: stream.possible,
    each: (body) => {
      numbered(call, stream, (item, index) => {
        const truth = toTruth(call.emission, call.emit(criterion, within(call, item, index)));
        write(call.emission, `if (${isTrue(truth)}) {`);
        body(item);
        write(call.emission, '}');
      });
    },
  };
}

export function select(call: Call): Emitted {
  const { emission } = call;
  const stream = settled(emission, call.input);
  const projection = parameter(call, 0);
  const probe = typesOf(call, stream);
  return {
    kind: 'stream',
    single: stream.single && probe.single,
    type: probe.type,
    possible: probe.possible,
    each: (body, valuesOnly) => {
      numbered(call, stream, (item, index) => {
        const found = settled(emission, call.emit(projection, within(call, item, index)));
        found.each(body, valuesOnly);
      });
    },
  };
}

/** What the projection gives, learnt by writing it once and throwing that away. */
function typesOf(call: Call, stream: Stream): Stream {
  const { emission } = call;
  const unknown: Stream = {
    kind: 'stream',
    single: false,
    type: undefined,
    possible: undefined,
    each: () => undefined,
  };
  if (emission.probes >= PROBES_MAX) return unknown;
  const length = emission.lines.length;
  let probe: Stream | undefined;
  emission.probes += 1;
  stream.each((item) => {
    probe ??= toStream(emission, call.emit(parameter(call, 0), within(call, item, 'x')));
  });
  emission.probes -= 1;
  emission.lines.length = length;
  return probe ?? unknown;
}

/** A flag that a loop sets and leaves by; `stop` writes the leaving. */
function flagged(emission: Emission, loop: (found: string, stop: () => void) => void): string {
  const [found, label] = [fresh(emission, 'b'), fresh(emission, 'L')];
  write(emission, `let ${found} = false;`);
  write(emission, `${label}: {`);
  loop(found, () => write(emission, `break ${label};`));
  write(emission, '}');
  return found;
}

export function present(emission: Emission, stream: Stream): Truth {
  if (stream.nodes !== undefined) {
    return { kind: 'truth', text: named(emission, 'b', `${stream.nodes}.length > 0`), sure: true };
  }
  const found = flagged(emission, (flag, stop) =>
    stream.each(() => {
      write(emission, `${flag} = true;`);
      if (!stream.single) stop();
    }),
  );
  return { kind: 'truth', text: found, sure: true };
}

export function exists(call: Call): Emitted {
  return present(call.emission, toStream(call.emission, call.ast.parameters.length === 0 ? call.input : where(call)));
}

export function empty(call: Call): Emitted {
  const { text } = present(call.emission, toStream(call.emission, call.input));
  return { kind: 'truth', text: `!${text}`, sure: true };
}

export function all(call: Call): Emitted {
  const { emission } = call;
  const stream = toStream(emission, call.input);
  const failed = flagged(emission, (flag, stop) =>
    numbered(call, stream, (item, index) => {
      const truth = toTruth(emission, call.emit(parameter(call, 0), within(call, item, index)));
      write(emission, `if (!(${isTrue(truth)})) { ${flag} = true;`);
      stop();
      write(emission, '}');
    }),
  );
  return { kind: 'truth', text: `!${failed}`, sure: true };
}

/** allTrue, anyTrue, allFalse, anyFalse. */
export function boolean(wanted: 'true' | 'false', quantifier: 'all' | 'any'): (call: Call) => Emitted {
  return (call) => {
    const { emission } = call;
    const found = flagged(emission, (flag, stop) =>
      toStream(emission, call.input).each((item) => {
        const test = `rt.booleanOf(${nodeText(item)}) === ${wanted}`;
        write(emission, `if (${quantifier === 'all' ? `!(${test})` : test}) { ${flag} = true;`);
        stop();
        write(emission, '}');
      }),
    );
    return { kind: 'truth', text: quantifier === 'all' ? `!${found}` : found, sure: true };
  };
}

export function count(call: Call): Emitted {
  const { emission } = call;
  const stream = settled(emission, call.input);
  const number = fresh(emission, 'm');
  if (stream.nodes !== undefined) write(emission, `const ${number} = ${stream.nodes}.length;`);
  else {
    write(emission, `let ${number} = 0;`);
    stream.each(() => write(emission, `${number}++;`));
  }
  return { kind: 'value', text: number, type: 'System.Integer', sure: true };
}

/** Some of the items by their place. `test` tells by the number of the item, from 0; `last` ends the walk after it. */
function byPlace(call: Call, options: { test: (place: string) => string; only: boolean }): Emitted {
  const { emission } = call;
  const stream = settled(emission, call.input);
  return {
    kind: 'stream',
    single: stream.single || options.only,
    type: stream.type,
    possible: stream.possible,
    each: (body, valuesOnly) => {
      const [place, label] = [fresh(emission, 'x'), fresh(emission, 'L')];
      write(emission, `let ${place} = 0;`);
      write(emission, `${label}: {`);
      // A place is counted whether or not the item has a value.
      stream.each(
        (item) => {
          write(emission, `if (${options.test(`${place}++`)}) {`);
          body(item);
          if (options.only) write(emission, `break ${label};`);
          write(emission, '}');
        },
        valuesOnly === true && stream.single,
      );
      write(emission, '}');
    },
  };
}

export function first(call: Call): Emitted {
  return byPlace(call, { test: (place) => `${place} === 0`, only: true });
}

export function tail(call: Call): Emitted {
  return byPlace(call, { test: (place) => `${place} > 0`, only: false });
}

export function last(call: Call): Emitted {
  const { emission } = call;
  const nodes = toNodes(emission, call.input);
  const { type, possible } = toStream(emission, call.input);
  const one = named(emission, 'n', `${nodes}.length === 0 ? undefined : ${nodes}[${nodes}.length - 1]`);
  return oneNode(emission, one, { type, possible });
}

function oneNode(emission: Emission, one: string, known: Pick<Stream, 'type' | 'possible'>): Stream {
  return {
    kind: 'stream',
    single: true,
    ...known,
    each: (body) => {
      write(emission, `if (${one} !== undefined) {`);
      body({ ...itemOfNode(one), ...known });
      write(emission, '}');
    },
  };
}

/** `[n]`, skip and take: a number that is computed once, before the items. */
export function placed(call: Call, way: 'index' | 'skip' | 'take'): Emitted {
  const { emission } = call;
  const number = named(emission, 'm', `rt.wholeOr(${toNode(emission, call.emit(parameter(call, 0), call.scope))})`);
  if (way === 'index') return byPlace(call, { test: (place) => `${place} === ${number}`, only: true });
  return byPlace(call, {
    test: (place) => (way === 'skip' ? `${place} >= ${number}` : `${place} < ${number}`),
    only: false,
  });
}

export function single(call: Call): Emitted {
  const { type, possible } = toStream(call.emission, call.input);
  return oneNode(call.emission, toNode(call.emission, call.input), { type, possible });
}

/** repeat(projection): what the projection gives, and what it gives of that, until nothing new comes. */
export function repeat(call: Call): Emitted {
  const { emission } = call;
  const start = toNodes(emission, call.input);
  const [nodes, one] = [fresh(emission, 'a'), fresh(emission, 'n')];
  write(emission, `const ${nodes} = rt.repeat(${start}, (${one}) => {`);
  const projection = call.emit(parameter(call, 0), within(call, itemOfNode(one), undefined));
  write(emission, `return ${toNodes(emission, projection)};`);
  write(emission, '}, c);');
  return streamOfNodes(emission, nodes);
}

export function aggregate(call: Call): Emitted {
  const { emission } = call;
  const total = fresh(emission, 'a');
  const [projection, start] = call.ast.parameters;
  if (projection === undefined) throw new FhirPathError('semantic', 'aggregate() lacks a parameter', call.ast.at);
  const initial = start === undefined ? 'rt.NONE' : toNodes(emission, call.emit(start, call.scope));
  write(emission, `let ${total} = ${initial};`);
  numbered(call, settled(emission, call.input), (item, index) => {
    const scope = { ...within(call, item, index), total: streamOfNodes(emission, total) };
    write(emission, `${total} = ${toNodes(emission, call.emit(projection, scope))};`);
  });
  return streamOfNodes(emission, total);
}
