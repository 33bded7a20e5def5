// FHIR's names for things, as people say them.

const ELEMENTS: { readonly [element: string]: string } = {
  name: 'Name',
  active: 'Record in use',
  birthDate: 'Birth date',
  gender: 'Sex',
  address: 'Address',
  telecom: 'Phone and e-mail',
  deceased: 'Death',
  deceasedBoolean: 'Death',
  deceasedDateTime: 'Death',
  contact: 'Next of kin',
  generalPractitioner: 'GP',
  identifier: 'Identifiers',
  maritalStatus: 'Marital status',
  communication: 'Language',
  multipleBirth: 'Multiple birth',
  AllergyIntolerance: 'Allergies and intolerances',
  managingOrganization: 'Looked after by',
  postalCode: 'Postcode',
  family: 'Family name',
  given: 'Given name',
  MedicationStatement: 'Medicines',
  Condition: 'Conditions',
};
const SYSTEMS: { readonly [system: string]: string } = {
  'https://fhir.nhs.uk/Id/nhs-number': 'NHS number',
  'https://fhir.nhs.uk/Id/ods-organization-code': 'ODS code',
  'https://fhir.hl7.org.uk/Id/gmp-number': 'GMP number',
  'https://fhir.hl7.org.uk/Id/gmc-number': 'GMC number',
};
export const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';

/** Before the name of something withdrawn, in the element of a case about what rests on it. */
export const WITHDRAWN = 'Withdrawn:';

/** What is explained for an element: of what rests on something withdrawn, that. */
export function explainedBy(element: string): string {
  return element.startsWith(WITHDRAWN) ? element.slice(WITHDRAWN.length) : element;
}

/** `birthDate` → `Birth date`; a name without an entry is split at its capitals. `Patient.` in front and the thing of a list (`Condition:5f1c…`) are left out. */
export function elementLabel(element: string): string {
  if (element.startsWith(WITHDRAWN)) return `What rests on ${explainedBy(element)}`;
  const name = element
    .replace(/^Patient\./, '')
    .replace(/:.*$/, '')
    .replace('[x]', '');
  const known = ELEMENTS[name];
  if (known !== undefined) return known;
  const words = name.replace(/([a-z])([A-Z])/g, (_all, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A short name for an identifier system: known ones by name, others by the last part of their URI. */
export function systemLabel(system: string): string {
  return (
    SYSTEMS[system] ??
    `${
      system
        .replace(/[/:#]+$/, '')
        .split(/[/:#]/)
        .at(-1) ?? system
    }`
  );
}

/** `9990000018` → `999 000 0018`; anything else as it is. */
export function nhsNumber(value: string): string {
  return /^\d{10}$/.test(value) ? `${value.slice(0, 3)} ${value.slice(3, 6)} ${value.slice(6)}` : value;
}
