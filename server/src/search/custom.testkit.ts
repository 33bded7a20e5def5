// Search parameters of the tests' own.
import type { SearchParameter } from '../fhir/structures.ts';

const own = (code: string, type: string, [expression, ...types]: readonly [string, ...string[]]): SearchParameter => ({
  ...{ resourceType: 'SearchParameter', url: `https://example.org/SearchParameter/${code}`, status: 'active' },
  ...{ name: code, code, type, base: types, expression, description: code },
});
export const GEOLOCATION = 'http://hl7.org/fhir/StructureDefinition/geolocation';
/** Said by what is special. */
export const NEAR = 'http://hl7.org/fhir/SearchParameter/Location-near';

/** Parameters of the test's own: paths, and expressions that are more than one. */
export const CUSTOM: readonly SearchParameter[] = [
  own('spoken', 'token', ['Patient.communication.language', 'Patient']),
  own('first-given', 'string', ['Patient.name.first().given.first()', 'Patient']),
  own('when', 'date', ['Patient.birthDate | (Condition.onset as dateTime)', 'Patient', 'Condition']),
  own('amount', 'quantity', ['Observation.component.value.ofType(Quantity)', 'Observation']),
  {
    ...own('about', 'reference', ['Observation.subject | Encounter.subject', 'Observation', 'Encounter']),
    target: ['Patient', 'Group'],
  },
  own('of-profile', 'uri', ['Resource.meta.profile', 'Patient', 'Encounter']),
  own('by-phone', 'token', ["Patient.telecom.where(system = 'phone')", 'Patient']),
  own('names', 'number', ['Patient.name.count()', 'Patient']),
  own('named', 'token', ['Patient.name.exists()', 'Patient']),
  {
    ...own('coded-amount', 'composite', ['Observation.component', 'Observation']),
    component: [
      { definition: 'http://hl7.org/fhir/SearchParameter/clinical-code', expression: 'code' },
      { definition: 'https://example.org/SearchParameter/amount|1', expression: 'value.ofType(Quantity)' },
    ],
  },
  {
    ...own('city-line', 'composite', ['Patient.address', 'Patient']),
    component: [
      { definition: 'http://hl7.org/fhir/SearchParameter/individual-address-city', expression: 'city' },
      { definition: 'http://hl7.org/fhir/SearchParameter/individual-address-country', expression: 'line' },
    ],
  },
  own('lives-near', 'special', [`Patient.address.extension.where(url = '${GEOLOCATION}')`, 'Patient']),
  own('said', 'token', ["Observation.code.coding.where(code = 'abc') | Condition.code", 'Observation', 'Condition']),
];
