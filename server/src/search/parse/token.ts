// Tokens: https://hl7.org/fhir/R4/search.html#token                                                                           (pure)
import { isPrimitiveToken } from '../compile.ts';
import { isCustom, markTerm } from '../custom.ts';
import { foldCode, foldContact } from '../fold.ts';
import { FORM, seedOf } from '../forms.ts';
import { hash64 } from '../hash.ts';
import type { Condition } from '../query.ts';
import { malformed, unknownModifier } from '../refuse.ts';
import { meant, split } from '../split.ts';
import type { Parameter, Path } from '../types.ts';
import { type Asked, any, idsOf, indexedAs, not, termsOf } from './context.ts';
import { hierarchyOf, valueSetCodes } from './terminology.ts';
import { readText } from './text-match.ts';

const MODIFIERS = ['missing', 'not', 'text', 'in', 'not-in', 'above', 'below', 'of-type'];
/** `system|code`: an undefined system is any, an empty one none. */
export type Token = { readonly system: string | undefined; readonly code: string };

export function readToken(asked: Asked): Condition {
  const { modifier, values, parameter, name } = asked;
  switch (modifier) {
    case undefined:
      return anyToken(
        parameter,
        values.map((value) => tokenOf(value, name)),
      );
    case 'not':
      return not(
        anyToken(
          parameter,
          values.map((value) => tokenOf(value, name)),
        ),
      );
    case 'text':
      return {
        kind: 'words',
        params: idsOf(parameter),
        match: 'starts',
        values: values.map((value) => readText(value, name)),
      };
    case 'of-type':
      return any(values.map((value) => ofType(parameter, value, name)));
    case 'in':
    case 'not-in': {
      const inside = any(values.map((value) => anyToken(parameter, valueSetCodes(meant(value), asked))));
      return modifier === 'in' ? inside : not(inside);
    }
    case 'above':
    case 'below':
      return any(
        values.map((value) =>
          anyToken(parameter, hierarchyOf(tokenOf(value, name), { ...asked, direction: modifier })),
        ),
      );
    default:
      throw unknownModifier(name, modifier, MODIFIERS);
  }
}

export function tokenOf(value: string, name: string): Token {
  const parts = split(value, '|').map(meant);
  const [first = '', code] = parts;
  if (parts.length > 2)
    throw malformed(name, 'a code, system|code, |code or system|; a "|" inside one is written "\\|"');
  if (code === undefined ? first === '' : first === '' && code === '')
    throw malformed(name, 'a code or system|code; it is empty');
  return code === undefined ? { system: undefined, code: first } : { system: first, code };
}

export function anyToken(parameter: Parameter, tokens: readonly Token[]): Condition {
  return any(indexedAs(parameter).flatMap((one) => tokens.map((token) => tokenCondition(one, token))));
}

/** The terms that a token may stand under in the index; `present` where only the implied system was asked for. */
function tokenCondition(parameter: Parameter, token: Token): Condition {
  const { id, paths, bit } = parameter;
  if (isPrimitiveToken(paths) && token.system !== undefined && token.system !== '' && token.code === '') {
    const implied = paths.every((path) => path.system === token.system);
    if (implied && isCustom(id)) return termsOf(id, [markTerm(id, 'present')]);
    return implied && bit !== undefined ? { kind: 'present', mask: 1n << BigInt(bit) } : { kind: 'never' };
  }
  const condition = termsOf(id, tokenTerms(id, paths, token));
  const isIdentifier = token.code !== '' && paths.every(({ type }) => type === 'Identifier');
  return isIdentifier && condition.kind === 'terms' ? { ...condition, few: true } : condition;
}

export function tokenTerms(id: number, paths: readonly Path[], { system, code }: Token): readonly bigint[] {
  const term = (form: 1 | 2 | 3, value: string) => hash64(seedOf(id, form), value);
  const contact = paths.some(({ type }) => type === 'ContactPoint');
  const folded = contact ? foldContact(code) : foldCode(code);
  if (system === undefined) return [term(FORM.code, folded)];
  if (isPrimitiveToken(paths)) {
    // What is written without a system has the one its binding implies, and, to the letter, none.
    if (system === '' || paths.some((path) => path.system === system)) return [term(FORM.code, folded)];
    return [];
  }
  if (code === '') return [term(FORM.system, system)];
  const implied = paths.some((path) => path.system === system) ? [term(FORM.systemCode, `|${folded}`)] : [];
  return [term(FORM.systemCode, `${system}|${folded}`), ...implied];
}

function ofType(parameter: Parameter, value: string, name: string): Condition {
  const parts = split(value, '|').map(meant);
  const [system = '', code = '', id = ''] = parts;
  if (!parameter.paths.some(({ type }) => type === 'Identifier'))
    throw malformed(`${name}:of-type`, 'nothing: it is for identifiers alone');
  if (parts.length !== 3 || code === '' || id === '')
    throw malformed(`${name}:of-type`, "system|code|value of the identifier's type and value");
  const text = `${system}|${foldCode(code)}|${foldCode(id)}`;
  return any(indexedAs(parameter).map(({ id: param }) => termsOf(param, [hash64(seedOf(param, FORM.ofType), text)])));
}
