// Writes the JavaScript of a type's check: one switch over the properties of an object, so that a sound resource is walked once.
import { invariant } from '../base/errors.ts';
import { ancestry, type ElementDefinition, elementsOf, isPrimitiveType, type TypeRef } from '../fhir/definitions.ts';
import { choiceName } from '../fhir/names.ts';
import type { Constants } from './constants.ts';
import type { Invariant } from './invariants.ts';

const NAME = /^[A-Za-z][A-Za-z0-9]*$/;
const REQUIRED_MAX = 31;
const POINTERS: ReadonlySet<string> = new Set(['canonical', 'uri', 'url']);

type Slot = {
  readonly element: ElementDefinition;
  readonly type: TypeRef;
  readonly label: string;
  readonly after: string;
};
type Emitted = { readonly cases: string[]; readonly keys: string[]; readonly types: Map<string, string> };

/**
 * The body of `(R, K) => (value, context) => void`, where R is the runtime and K the constants. Each element gets a case of its
 * own for each of its JSON names; the order of the input is the order of the findings.
 */
export function typeSource(path: string, constants: Constants): string {
  const emitted: Emitted = { cases: [], keys: [], types: new Map() };
  const required: string[] = [];
  let choices = 0;
  if (ancestry(path)[0] === 'Resource') addCase(emitted, 'resourceType', '');
  for (const element of elementsOf(path)) {
    invariant(NAME.test(element.name), 'an element name is a word');
    let after = element.name === 'id' ? 'count--;' : '';
    if (element.min > 0) {
      invariant(required.length < REQUIRED_MAX, 'required elements fit in one word');
      after += `seen|=${1 << required.length};`;
      required.push(element.name);
    }
    const choice = element.isChoice ? choices++ : undefined;
    for (const [at, type] of element.types.entries())
      emitSlot(emitted, slotOf(element, type, { after, choice, at }), constants);
  }
  const mask = required.length === 0 ? 0 : 2 ** required.length - 1;
  const rules = rulesCode(constants.ofType(path), 'o', constants);
  const source = [
    `const KEYS=${JSON.stringify(emitted.keys)},AT=new Map(KEYS.map((name,at)=>[name,at+1]));`,
    `const MISSING=${JSON.stringify(required)};`,
    ...[...emitted.types.values()].map((variable) => `let ${variable};`),
    'return function check(o,c){',
    'if(typeof o!=="object"||o===null||Array.isArray(o))return R.notObject(o,c);',
    'const p=c.path;if(p.length>R.PATH_MAX)return R.tooDeep(c);',
    'const before=c.errors;let count=0,seen=0;',
    choices === 0 ? '' : `let ${Array.from({ length: choices }, (_, at) => `choice${at}=-1`).join(',')};`,
    'for(const k in o){const v=o[k];if(v===undefined)continue;count++;switch(AT.get(k)){',
    ...emitted.cases,
    'default:if(R.unknown(k,o,KEYS,c))return;}}',
    mask === 0 ? '' : `if(seen!==${mask}&&!R.isPart(c))R.missing(seen,MISSING,c);else `,
    'if(count===0)R.emptyObject(c);',
    rules === undefined ? '' : `if(c.errors===before&&!R.isPart(c)){${rules}}`,
    '}',
  ].join('\n');
  return hoisted(source);
}

/** Each rule is a call of its own, so that the engine can see through it. */
function rulesCode(list: readonly Invariant[], value: string, constants: Constants): string | undefined {
  const codes = list.map((one) => {
    const broken = `!${constants.add(one.holds)}(${value},c)`;
    return `if(${one.isWarning ? 'c.warnings&&' : ''}${broken})R.broken(${constants.add(one)},c);`;
  });
  return codes.length === 0 ? undefined : codes.join('');
}

/** What is lent is named once, outside the function, so that a call is a call of a constant. */
function hoisted(source: string): string {
  const lines: string[] = [];
  const body = source.replace(/\b(R\.P\.\w+|R\.\w+|K\[\d+\])/g, (whole) => {
    const name = `$${whole.replace(/[.[]/g, '_').replace(']', '')}`;
    const line = `const ${name}=${whole};`;
    if (!lines.includes(line)) lines.push(line);
    return name;
  });
  return `"use strict";${lines.join('')}\n${body}`;
}

function slotOf(
  element: ElementDefinition,
  type: TypeRef,
  { after, choice, at }: { after: string; choice: number | undefined; at: number },
): Slot & { readonly name: string } {
  if (choice === undefined) return { element, type, label: element.name, after, name: element.name };
  const once = `if(choice${choice}!==-1&&choice${choice}!==${at})R.choiceTwice(${JSON.stringify(element.name)},c);choice${choice}=${at};`;
  return {
    ...{ element, type, label: `${element.name}.ofType(${type.type})`, after: after + once },
    name: choiceName(element.name, type.type),
  };
}

function addCase(emitted: Emitted, name: string, code: string): void {
  const number = emitted.keys.push(name);
  emitted.cases.push(`case ${number}:${code}break;`);
}

function emitSlot(emitted: Emitted, slot: Slot & { readonly name: string }, constants: Constants): void {
  const { element, type, after, label, name } = slot;
  if (!isPrimitiveType(type.type)) {
    addCase(emitted, name, after + complexCode(emitted, slot, constants));
    return;
  }
  addCase(emitted, name, after + (element.isList ? primitiveList(slot, constants) : primitiveOne(slot, constants)));
  const where = `${JSON.stringify(label)},${JSON.stringify(name)}`;
  addCase(emitted, `_${name}`, `${after}R.companion${element.isList ? 's' : ''}(v,o,${where},c);`);
}

/** An expression that is a fault of `v`, or undefined. */
function primitiveFault({ element, type }: Slot, value: string, constants: Constants): string {
  const bound = constants.boundCode(element);
  const check = `R.P.${type.type}(${value})`;
  return bound === undefined
    ? check
    : `(${bound}.codes.has(${value})?undefined:R.codeFault(${value},R.P.${type.type},${bound}))`;
}

function primitiveOne(slot: Slot, constants: Constants): string {
  const label = JSON.stringify(slot.label);
  const pointer = POINTERS.has(slot.type.type) ? 'else if(v.charCodeAt(0)===35)R.pointsAt(v,c);' : '';
  const code = constants.extensibleCode(slot.element);
  const loose = code === undefined ? '' : `else if(c.warnings)R.extensibleCode(v,${label},${code},c);`;
  const rules = primitiveRules(slot, { value: 'v', steps: label }, constants);
  return `{const f=${primitiveFault(slot, 'v', constants)};if(f!==undefined)R.primitive(f,v,${label},c);${pointer}${loose}${rules}}`;
}

function primitiveRules(
  { element, type }: Slot,
  { value, steps }: { value: string; steps: string },
  constants: Constants,
): string {
  const rules = rulesCode(constants.ofElement(element, type.type), value, constants);
  const pops = steps.includes(',') ? 'p.pop();p.pop();' : 'p.pop();';
  return rules === undefined ? '' : `if(f===undefined){p.push(${steps});${rules}${pops}}`;
}

function primitiveList(slot: Slot, constants: Constants): string {
  const label = JSON.stringify(slot.label);
  const pointer = POINTERS.has(slot.type.type) ? 'else if(x.charCodeAt(0)===35)R.pointsAt(x,c);' : '';
  const rules = primitiveRules(slot, { value: 'x', steps: `${label},i` }, constants);
  return (
    `if(!Array.isArray(v)||v.length===0)R.badList(v,${label},c);else for(let i=0;i<v.length;i++){const x=v[i];` +
    `const f=${primitiveFault(slot, 'x', constants)};if(f!==undefined)R.primitiveAt(f,i,${label},o,c);${pointer}${rules}}`
  );
}

function complexCode(emitted: Emitted, slot: Slot, constants: Constants): string {
  const label = JSON.stringify(slot.label);
  const one = (value: string) => complexCheck(emitted, { slot, value, constants });
  if (!slot.element.isList) return `p.push(${label});${one('v')}p.pop();`;
  return (
    `if(!Array.isArray(v)||v.length===0)R.badList(v,${label},c);else{p.push(${label},0);const at=p.length-1;` +
    `for(let i=0;i<v.length;i++){p[at]=i;${one('v[i]')}}p.pop();p.pop();}`
  );
}

function complexCheck(
  emitted: Emitted,
  { slot, value, constants }: { slot: Slot; value: string; constants: Constants },
): string {
  const rules = rulesCode(constants.ofElement(slot.element, slot.type.type), value, constants) ?? '';
  const { always, sound } = typeCheck(emitted, { slot, value, constants });
  if (sound === '' && rules === '') return always;
  // Rules speak about well-formed content; on broken content they would only repeat what is known.
  return `{const n=c.errors;${always}if(c.errors===n){${sound}${rules}}}`;
}

function typeCheck(
  emitted: Emitted,
  { slot, value, constants }: { slot: Slot; value: string; constants: Constants },
): { readonly always: string; readonly sound: string } {
  const { element, type } = slot;
  if (type.type === 'Resource') return { always: `R.resource(${value},c,${element.name === 'contained'});`, sound: '' };
  const variable = emitted.types.get(type.type) ?? `t${emitted.types.size}`;
  emitted.types.set(type.type, variable);
  const check = `(${variable}??=R.type(${JSON.stringify(type.type)}))(${value},c);`;
  if (type.type === 'Reference')
    return { always: `${check}R.reference(${value},${constants.targets(type.targets)},c);`, sound: '' };
  if (type.type === 'Extension')
    return { always: check, sound: `R.extension(${value},o,${element.name === 'modifierExtension'},c);` };
  const bound = constants.boundConcept(element, type.type);
  const strict = bound === undefined ? '' : `R.concept(${value},${bound},c);`;
  const loose = constants.extensibleConcept(element, type.type);
  const profiled = type.profile === undefined ? '' : `R.profiled(${value},${JSON.stringify(type.profile)},c);`;
  const warned = loose === undefined ? '' : `if(c.warnings)R.concept(${value},${loose},c);`;
  return { always: check + strict + warned, sound: profiled };
}
