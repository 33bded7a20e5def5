// Turns what an expression emits into the form its consumer wants: nodes, one node, one value, or true/false/unknown.
import { systemTypeOf } from '../model.ts';
import {
  charge,
  type Emission,
  type Emitted,
  fresh,
  type Item,
  isEmpty,
  named,
  nodeText,
  type Stream,
  streamOfNodes,
  systemItem,
  systemTypeIn,
  type Truth,
  type Value,
  write,
} from './emission.ts';

export function toStream(emission: Emission, emitted: Emitted): Stream {
  if (emitted.kind === 'stream') return emitted;
  const type = emitted.kind === 'truth' ? 'System.Boolean' : emitted.type;
  const text = named(emission, 'v', emitted.text);
  return {
    kind: 'stream',
    single: true,
    type,
    possible: undefined,
    each: (body) => {
      if (!emitted.sure) write(emission, `if (${text} !== undefined) {`);
      body(systemItem(text, type));
      if (!emitted.sure) write(emission, '}');
    },
  };
}

/** A variable with all nodes, each of equal ones once where the expression says so. */
export function toNodes(emission: Emission, emitted: Emitted): string {
  const stream = toStream(emission, emitted);
  if (stream.nodes !== undefined && stream.repeats !== true) return stream.nodes;
  const nodes = fresh(emission, 'a');
  write(emission, `let ${nodes} = rt.NONE;`);
  stream.each((item) => {
    if (stream.single) write(emission, `${nodes} = [${nodeText(item)}];`);
    else
      write(
        emission,
        `if (${nodes} === rt.NONE) ${nodes} = [${nodeText(item)}]; else ${nodes}.push(${nodeText(item)});`,
      );
  });
  if (stream.repeats !== true) return nodes;
  charge(emission, `${nodes}.length`);
  return named(emission, 'a', `rt.distinct(${nodes}, c)`);
}

/** The stream without repeats, for those who count or number its items. */
export function settled(emission: Emission, emitted: Emitted): Stream {
  const stream = toStream(emission, emitted);
  if (stream.repeats !== true) return stream;
  const { type, possible } = stream;
  const kept = streamOfNodes(emission, toNodes(emission, stream));
  return { ...kept, type, possible, each: (body) => kept.each((item) => body({ ...item, type, possible })) };
}

/** A variable with the only node or undefined; more than one is an error at run time. */
export function toNode(emission: Emission, emitted: Emitted): string {
  const stream = settled(emission, emitted);
  const only = fresh(emission, 'n');
  write(emission, `let ${only};`);
  stream.each((item) => {
    if (!stream.single) write(emission, `if (${only} !== undefined) rt.several();`);
    write(emission, `${only} = ${nodeText(item)};`);
  });
  return only;
}

/** The only value, where the compiler knows its System type; undefined where a node is needed to carry the type. */
export function toValue(emission: Emission, emitted: Emitted): Value | undefined {
  if (emitted.kind === 'value') return emitted;
  if (emitted.kind === 'truth') return { ...emitted, kind: 'value', type: 'System.Boolean' };
  const type = systemTypeIn(emitted);
  if (type === undefined || emitted.repeats === true) return undefined;
  const value = fresh(emission, 'v');
  write(emission, `let ${value};`);
  emitted.each((item) => {
    if (!emitted.single) write(emission, `if (${value} !== undefined) rt.several();`);
    write(emission, `${value} = ${item.value};`);
  }, true);
  return { kind: 'value', text: value, type, sure: false };
}

/** A collection where a Boolean is due: empty stays unknown, one Boolean is itself, one of anything else is true (N1, section 4.5). */
export function toTruth(emission: Emission, emitted: Emitted): Truth {
  if (emitted.kind === 'truth') return emitted;
  if (isEmpty(emitted)) return { kind: 'truth', text: 'undefined', sure: false };
  if (emitted.kind === 'value') {
    if (emitted.type === 'System.Boolean') return { kind: 'truth', text: emitted.text, sure: emitted.sure };
    return {
      kind: 'truth',
      text: emitted.sure ? 'true' : `(${emitted.text} === undefined ? undefined : true)`,
      sure: emitted.sure,
    };
  }
  const stream = settled(emission, emitted);
  const truth = fresh(emission, 'b');
  const seen = stream.single ? undefined : fresh(emission, 'b');
  write(emission, seen === undefined ? `let ${truth};` : `let ${truth}, ${seen} = false;`);
  stream.each((item) => {
    if (seen !== undefined) write(emission, `if (${seen}) rt.several(); ${seen} = true;`);
    write(emission, `${truth} = ${itemTruth(item)};`);
  });
  return { kind: 'truth', text: truth, sure: false };
}

function itemTruth(item: Item): string {
  if (item.type === undefined) return `rt.truthOf(${item.value}, ${item.typeText})`;
  const type = systemTypeOf(item.type);
  if (type !== 'System.Boolean') return 'true';
  return item.value;
}

/** JavaScript that is true only when the expression is. */
export function isTrue(truth: Truth): string {
  return truth.sure ? truth.text : `${truth.text} === true`;
}
