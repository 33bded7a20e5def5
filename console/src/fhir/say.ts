// FHIR values in words, told apart by their shape, since a verdict may carry any of them. Pure; one string per line.
import type { Json, JsonObject } from '../api/types.ts';
import { fhirDate } from '../parts/when.ts';
import { NHS_NUMBER, nhsNumber, systemLabel } from './labels.ts';
import { get, getText, isObject, list, text } from './read.ts';

const GENDERS: { readonly [code: string]: string } = {
  male: 'Male',
  female: 'Female',
  other: 'Other',
  unknown: 'Not known',
};
const CONTACT_SYSTEMS: { readonly [code: string]: string } = {
  phone: 'Phone',
  email: 'E-mail',
  sms: 'Text message',
  fax: 'Fax',
  pager: 'Pager',
  url: 'Web',
};
const JSON_CHARACTERS_MAX = 300;

/** Lines that say a value. Never empty for a value that is there. */
export function sayValue(value: Json | undefined, element?: string): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return withoutEchoes((value as readonly Json[]).flatMap((item) => sayValue(item, element)));
  if (isObject(value)) return sayObject(value, element);
  return [sayPlain(String(value), element)];
}

function sayPlain(value: string, element: string | undefined): string {
  if (element === 'gender') return GENDERS[value] ?? value;
  if (element?.startsWith('deceased')) {
    if (value === 'true') return 'Died';
    if (value === 'false') return 'Alive';
    return `Died ${fhirDate(value)}`;
  }
  if (value === 'true') return 'Yes';
  if (value === 'false') return 'No';
  return /^\d{4}-\d\d(-\d\d(T.*)?)?$/.test(value) ? fhirDate(value) : value;
}

function sayObject(value: JsonObject, element: string | undefined): string[] {
  const has = (...names: readonly string[]) => names.some((name) => value[name] !== undefined);
  if (has('resourceType')) return [sayResource(value)];
  if (has('url')) return sayExtension(value);
  if (has('family', 'given', 'prefix') || (has('text') && element === 'name')) return [humanName(value)];
  if (has('line', 'postalCode', 'city', 'district')) return [address(value)];
  if (has('coding', 'text') && !has('status', 'div')) return [codeable(value) ?? json(value)];
  if (has('reference', 'display') && !has('code', 'value')) return [reference(value)];
  if (has('numerator', 'denominator')) return [`${quantity(value['numerator'])} : ${quantity(value['denominator'])}`];
  if (has('low', 'high')) return [`${quantity(value['low'])} to ${quantity(value['high'])}`];
  if (has('value')) return [valued(value)];
  if (has('start', 'end')) return [period(value)];
  if (has('code', 'display')) return [getText(value, 'display') ?? getText(value, 'code') ?? json(value)];
  return [json(value)];
}

/** Two sources often give the same line, one of them with more to it (`NHS number … – verified`): it is said once, in full. */
export function withoutEchoes(lines: readonly string[]): string[] {
  return lines.filter(
    (line, nth) =>
      lines.indexOf(line) === nth && !lines.some((other) => other !== line && other.startsWith(`${line} – `)),
  );
}

/** An extension says what its value says; a value of an extension's extensions, what those say. */
function sayExtension(value: JsonObject): string[] {
  const name = Object.keys(value).find((key) => /^value[A-Z]/.test(key));
  return sayValue(name === undefined ? value['extension'] : value[name]);
}

function sayResource(resource: JsonObject): string {
  const said = codeable(resource['code']);
  const display = getText(resource['code'], 'coding', 0, 'display');
  // An abbreviation is spelled out where the sender did: NKDA must not be read as a substance.
  if (said !== undefined && display !== undefined && /^[A-Z]{2,6}$/.test(said)) return `${said} (${display})`;
  return said ?? codeable(resource['type']) ?? getText(resource, 'resourceType') ?? '';
}

/** Has `value`: a contact point, an identifier or a quantity, told apart by what stands beside it. */
function valued(value: JsonObject): string {
  const system = getText(value, 'system');
  if (system !== undefined && system in CONTACT_SYSTEMS) return contact(value, system);
  const isIdentifier = value['unit'] === undefined && value['code'] === undefined && value['comparator'] === undefined;
  return isIdentifier && (system !== undefined || isObject(value['type'])) ? identifier(value) : quantity(value);
}

/** As UK clinical systems write it: `OKONKWO, Amara Jane (Ms)`. */
export function humanName(value: Json | undefined): string {
  const join = (key: string) =>
    list(get(value, key))
      .map((part) => text(part))
      .filter((part) => part !== undefined)
      .join(' ');
  const family = getText(value, 'family')?.toLocaleUpperCase('en-GB') ?? '';
  const names = [family, join('given')].filter((part) => part !== '').join(', ');
  const prefix = join('prefix');
  const said = `${names || (getText(value, 'text') ?? '')}${prefix === '' ? '' : ` (${prefix})`}`.trim();
  const use = getText(value, 'use');
  return use === undefined || use === 'official' || use === 'usual' ? said : `${said} – ${use} name`;
}

function address(value: JsonObject): string {
  const parts = [...list(value['line']), value['city'], value['district'], value['postalCode'], value['country']];
  const said = parts.map((part) => text(part)).filter((part) => part !== undefined);
  const use = getText(value, 'use');
  return `${said.join(', ')}${use === undefined || use === 'home' ? '' : ` – ${use} address`}`;
}

function contact(value: JsonObject, system: string): string {
  const use = getText(value, 'use');
  const kind = use === 'mobile' ? 'Mobile' : (CONTACT_SYSTEMS[system] ?? system);
  return `${kind} ${getText(value, 'value') ?? ''}${use === undefined || use === 'mobile' ? '' : ` – ${use}`}`;
}

function identifier(value: JsonObject): string {
  const system = getText(value, 'system');
  const label = getText(value, 'type', 'text') ?? (system === undefined ? 'Identifier' : systemLabel(system));
  const number = getText(value, 'value') ?? '';
  return `${label} ${system === NHS_NUMBER ? nhsNumber(number) : number}${verification(value)}`;
}

/** UK Core's verification status of an NHS number, in words. */
function verification(value: JsonObject): string {
  for (const extension of list(value['extension'])) {
    if (!getText(extension, 'url')?.includes('NHSNumberVerificationStatus')) continue;
    const said =
      getText(extension, 'valueCodeableConcept', 'coding', 0, 'display') ??
      getText(extension, 'valueCodeableConcept', 'text');
    const code = getText(extension, 'valueCodeableConcept', 'coding', 0, 'code');
    if (code === '01' || code === 'number-present-and-verified') return ' – verified';
    if (said !== undefined || code !== undefined) return ` – ${(said ?? code ?? '').toLowerCase()}`;
  }
  return '';
}

export function codeable(value: Json | undefined): string | undefined {
  if (Array.isArray(value)) return codeable(value[0]);
  const display = list(get(value, 'coding'))
    .map((coding) => getText(coding, 'display') ?? getText(coding, 'code'))
    .find((said) => said !== undefined);
  return getText(value, 'text') ?? display;
}

export function reference(value: Json | undefined): string {
  return getText(value, 'display') ?? getText(value, 'identifier', 'value') ?? getText(value, 'reference') ?? '';
}

export function quantity(value: Json | undefined): string {
  const unit = getText(value, 'unit') ?? getText(value, 'code') ?? '';
  return `${getText(value, 'comparator') ?? ''}${getText(value, 'value') ?? ''}${unit === '' ? '' : ` ${unit}`}`;
}

export function period(value: Json | undefined): string {
  const start = getText(value, 'start');
  const end = getText(value, 'end');
  if (start === undefined) return end === undefined ? '' : `until ${fhirDate(end)}`;
  return end === undefined ? `since ${fhirDate(start)}` : `${fhirDate(start)} to ${fhirDate(end)}`;
}

function json(value: JsonObject): string {
  const said = JSON.stringify(value);
  return said.length > JSON_CHARACTERS_MAX ? `${said.slice(0, JSON_CHARACTERS_MAX)} …` : said;
}
