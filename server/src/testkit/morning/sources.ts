// The five systems of the morning and what each is trusted with.
import type { SourceKey } from '../../base/ids.ts';
import type { AckPolicy } from '../../intake/types.ts';
import type { CsvMap } from '../../mapping/types.ts';
import type { SourceSetup, SubjectRef } from './types.ts';

export const PAS = 'rxx-pas' as SourceKey;
export const LAB = 'rxx-lab' as SourceKey;
export const GP = 'mill-lane-gp' as SourceKey;
export const APP = 'patient-app' as SourceKey;
export const CLINIC = 'legacy-clinic' as SourceKey;

/** A person at a keyboard is the source of rulings. */
export const RULINGS = 'local' as SourceKey;

export const NHS_SYSTEM = 'https://fhir.nhs.uk/Id/nhs-number';
export const MRN_SYSTEM = 'https://fhir.rxx.example/Id/mrn';
export const GP_SYSTEM = 'https://mill-lane.example/Id/patient';
export const APP_SYSTEM = 'https://app.example/Id/account';
export const CLINIC_SYSTEM = 'https://clinic.rxx.example/Id/number';
export const ODS_SYSTEM = 'https://fhir.nhs.uk/Id/ods-organization-code';

const STORED_THEN_ACKNOWLEDGED: AckPolicy = {
  promise: 'stored',
  codes: {
    stored: 'AA',
    applied: 'AA',
    duplicate: 'AA',
    conflict: 'AE',
    waiting: 'AA',
    quarantined: 'AA',
    held: 'AA',
    rejected: 'AR',
    unparsable: 'AE',
    'too-large': 'AR',
    'store-unavailable': 'AE',
    timeout: 'AE',
  },
  waitMs: 5000,
};

const CLINIC_COLUMNS: CsvMap = {
  name: 'legacy-clinic-export',
  delimiter: ',',
  columns: {
    clinic_no: { to: 'Patient.identifier', system: CLINIC_SYSTEM },
    hosp_no: { to: 'Patient.identifier', system: MRN_SYSTEM },
    nhs_no: { to: 'Patient.identifier', system: NHS_SYSTEM },
    surname: { to: 'Patient.name.family' },
    forename: { to: 'Patient.name.given' },
    dob: { to: 'Patient.birthDate', format: 'DD/MM/YYYY' },
    sex: { to: 'Patient.gender', codes: { M: 'male', F: 'female', X: 'other', '': 'unknown' } },
    address: { to: 'Patient.address.line' },
    postcode: { to: 'Patient.address.postalCode' },
    tel: { to: 'Patient.telecom.phone' },
    allergies: { to: 'AllergyIntolerance.code.text' },
    attended: { to: 'ignore' },
    notes: { to: 'ignore' },
  },
};

const HOSPITAL_AUTHORITIES = { RXX: MRN_SYSTEM, NHS: NHS_SYSTEM };

const plain = { authorities: {}, owns: [], timeZone: 'Europe/London', csvMap: undefined } as const;
const speaksFhir = { senders: [], ackPolicy: undefined, folder: undefined } as const;
const speaksHl7 = (application: string, folder: string) => ({
  senders: [{ application, facility: 'RXX' }],
  ackPolicy: STORED_THEN_ACKNOWLEDGED,
  folder,
});

export const SOURCES: readonly SourceSetup[] = [
  {
    source: {
      ...plain,
      key: PAS,
      name: 'RXX patient administration',
      kind: 'pas',
      trust: 80,
      authorities: { ...HOSPITAL_AUTHORITIES, VISIT: 'https://fhir.rxx.example/Id/visit' },
      // The PAS leaves e-mail addresses to others and sends one telephone number at a time.
      updatePolicy: { '*': 'snapshot', 'Patient.telecom': 'merge-by-type', 'Patient.identifier': 'merge-by-type' },
      owns: ['Patient.identifier', 'Encounter'],
    },
    ...speaksHl7('RXX-PAS', 'rxx-pas'),
    silentAfterMinutes: 20,
  },
  {
    source: {
      ...plain,
      key: LAB,
      name: 'RXX pathology',
      kind: 'lab',
      trust: 60,
      authorities: {
        ...HOSPITAL_AUTHORITIES,
        RXXORD: 'https://fhir.rxx.example/Id/order',
        RXXLAB: 'https://lab.rxx.example/Id/report',
        RXXTEST: 'https://lab.rxx.example/CodeSystem/test',
      },
      updatePolicy: { '*': 'snapshot', 'Patient.identifier': 'merge-by-type' },
      owns: ['Observation', 'DiagnosticReport', 'Specimen'],
    },
    ...speaksHl7('RXX-LIMS', 'rxx-lab'),
    silentAfterMinutes: 20,
  },
  {
    source: {
      ...plain,
      key: GP,
      name: 'Mill Lane Surgery',
      kind: 'gp',
      trust: 75,
      updatePolicy: { '*': 'snapshot' },
      owns: ['Patient.generalPractitioner', 'AllergyIntolerance', 'Condition'],
    },
    ...speaksFhir,
    silentAfterMinutes: 60,
  },
  {
    source: {
      ...plain,
      key: APP,
      name: 'My Health app',
      kind: 'app',
      trust: 30,
      updatePolicy: { '*': 'snapshot', 'Patient.telecom': 'merge-by-type' },
    },
    ...speaksFhir,
    silentAfterMinutes: 60,
  },
  {
    source: {
      ...plain,
      key: CLINIC,
      name: 'Legacy rheumatology clinic',
      kind: 'legacy',
      trust: 20,
      updatePolicy: { '*': 'snapshot', 'Patient.identifier': 'merge-by-type' },
      csvMap: CLINIC_COLUMNS,
    },
    ...speaksFhir,
    folder: 'legacy-clinic',
    silentAfterMinutes: 30,
  },
];

export const pasSubject = (mrn: string): SubjectRef => ({ source: PAS, system: MRN_SYSTEM, value: mrn });
export const labSubject = (mrn: string): SubjectRef => ({ source: LAB, system: MRN_SYSTEM, value: mrn });
export const gpSubject = (id: string): SubjectRef => ({ source: GP, system: GP_SYSTEM, value: id });
export const appSubject = (id: string): SubjectRef => ({ source: APP, system: APP_SYSTEM, value: id });
export const clinicSubject = (id: string): SubjectRef => ({ source: CLINIC, system: CLINIC_SYSTEM, value: id });
