// A FHIR value as a person would say it.
import type { Json } from '../base/json.ts';
import { conceptInWords, ENTRY_READERS } from './entry-in-words.ts';
import { isList, isObject, listAt, textAt } from './json-values.ts';
import { dateInWords } from './local-time.ts';
import { restsOn, WITHDRAWN } from './rests-on.ts';

const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';

export function valueInWords(element: string, value: Json): string {
  if (value === null) return 'none';
  if (isList(value)) return value.map((entry) => valueInWords(element, entry)).join('; ');
  if (element === 'deceased[x]') return deathInWords(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return element === 'birthDate' ? dateInWords(value) : value;
  if (!isObject(value)) return JSON.stringify(value);
  const [kind = ''] = element.split(':');
  const read = READERS[kind] ?? conceptInWords;
  const words = read(value).trim();
  return words === '' ? JSON.stringify(value) : words;
}

const READERS: { readonly [element: string]: (value: Json) => string } = {
  name: nameInWords,
  address: addressInWords,
  telecom: telecomInWords,
  identifier: identifierInWords,
  generalPractitioner: referenceInWords,
  managingOrganization: referenceInWords,
  AllergyIntolerance: allergyInWords,
  ...ENTRY_READERS,
  [WITHDRAWN]: restingInWords,
};

/** Whatever rests on something withdrawn, in the words of its own list. */
function restingInWords(value: Json): string {
  const type = textAt(value, 'resourceType') ?? '';
  const read = READERS[LISTED_AS[type] ?? type] ?? conceptInWords;
  return `${type}: ${read(value).trim()}`;
}

const LISTED_AS: { readonly [type: string]: string } = { MedicationRequest: 'MedicationStatement' };

function deathInWords(value: Json): string {
  if (value === true) return 'has died';
  if (value === false) return 'is alive';
  return typeof value === 'string' ? `died on ${dateInWords(value)}` : JSON.stringify(value);
}

function texts(value: Json, key: string): readonly string[] {
  return listAt(value, key).filter((one) => typeof one === 'string');
}

function nameInWords(value: Json): string {
  const given = texts(value, 'given');
  const family = textAt(value, 'family');
  const spoken = [...given, ...(family === undefined ? [] : [family])].join(' ');
  const use = textAt(value, 'use');
  const kind = use === undefined || use === 'official' || use === 'usual' ? '' : ` (${use} name)`;
  return `${spoken === '' ? (textAt(value, 'text') ?? '') : spoken}${kind}`;
}

function addressInWords(value: Json): string {
  const parts = [
    ...texts(value, 'line'),
    textAt(value, 'city'),
    textAt(value, 'district'),
    textAt(value, 'postalCode'),
  ];
  const written = parts.filter((part) => part !== undefined && part !== '').join(', ');
  const use = textAt(value, 'use');
  return `${written === '' ? (textAt(value, 'text') ?? '') : written}${use === undefined ? '' : ` (${use})`}`;
}

function telecomInWords(value: Json): string {
  const use = textAt(value, 'use');
  return `${textAt(value, 'system') ?? ''} ${textAt(value, 'value') ?? ''}${use === undefined ? '' : ` (${use})`}`;
}

function identifierInWords(value: Json): string {
  const system = textAt(value, 'system') ?? '';
  const written = textAt(value, 'value') ?? '';
  if (system === NHS_NUMBER) return `NHS number ${written.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3')}`;
  return system === '' ? written : `${written} (${system})`;
}

function referenceInWords(value: Json): string {
  const identifier = isObject(value) ? value['identifier'] : undefined;
  return textAt(value, 'display') ?? textAt(identifier, 'value') ?? textAt(value, 'reference') ?? '';
}

function allergyInWords(value: Json): string {
  if (!isObject(value)) return '';
  const what = value['code'] === undefined ? 'an unnamed allergy' : conceptInWords(value['code']);
  const status = ['clinicalStatus', 'verificationStatus']
    .map((key) => textAt(listAt(value[key], 'coding')[0], 'code'))
    .filter((code) => code !== undefined && code !== 'active' && code !== 'confirmed');
  return status.length === 0 ? what : `${what} (${status.join(', ')})`;
}

const LABELS: { readonly [element: string]: string } = {
  identifier: 'identifiers',
  name: 'name',
  telecom: 'phone and e-mail',
  gender: 'gender',
  birthDate: 'date of birth',
  'deceased[x]': 'whether the patient has died',
  address: 'address',
  generalPractitioner: 'GP practice',
  'multipleBirth[x]': 'twin or multiple birth',
  managingOrganization: 'organisation in charge of the record',
  communication: 'language',
  AllergyIntolerance: 'allergies',
  Condition: 'problems',
  MedicationStatement: 'medicines',
  Observation: 'results',
  DiagnosticReport: 'reports',
  Immunization: 'immunisations',
  Encounter: 'stays and visits',
  Consent: 'consent',
  ResuscitationStatus: 'whether to resuscitate',
};
/** One thing of a list. */
const ONE_OF: { readonly [list: string]: string } = {
  Condition: 'this problem',
  MedicationStatement: 'this medicine',
  Observation: 'this result',
  DiagnosticReport: 'this report',
  Immunization: 'this immunisation',
  Encounter: 'this stay or visit',
  Consent: 'this consent',
};

/** `date of birth`; of an element without a name of ours, its FHIR name in separate words. */
export function elementInWords(element: string): string {
  const withdrawn = restsOn(element);
  if (withdrawn !== undefined) return `what rests on ${withdrawn}, which was withdrawn`;
  const [list = '', thing] = element.split(':');
  const one = thing === undefined ? undefined : (ONE_OF[list] ?? LABELS[list]);
  return one ?? LABELS[element] ?? element.replace('[x]', '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
