// Search parameters of the tests' own.
import type { SearchParameter } from '../fhir/structures.ts';

const own = (code: string, type: string, [expression, ...types]: readonly [string, ...string[]]): SearchParameter => ({
  ...{ resourceType: 'SearchParameter', url: `https://example.org/SearchParameter/${code}`, status: 'active' },
  ...{ name: code, code, type, base: types, expression, description: code },
});
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
  own('said', 'token', ["Observation.code.coding.where(code = 'abc') | Condition.code", 'Observation', 'Condition']),
];
