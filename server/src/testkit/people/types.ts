// A synthetic person as they are, before any system has written them down in its own way.

export type Sex = 'male' | 'female' | 'other' | 'unknown';

export type Address = {
  readonly lines: readonly string[];
  readonly city: string;
  readonly county: string;
  readonly postcode: string;
};

export type Practice = {
  /** Shaped like no code that was ever issued. */
  readonly code: string;
  readonly name: string;
  readonly doctors: readonly Doctor[];
};
export type Doctor = { readonly code: string; readonly family: string; readonly given: string; readonly title: string };

/** A SNOMED CT code with our own words for it. */
export type Coded = { readonly code: string; readonly text: string };
export type Allergy = Coded & {
  readonly reaction: string;
  readonly criticality: 'low' | 'high';
  readonly recorded: string;
};
export type Condition = Coded & { readonly icd10: string; readonly onset: string };

export type SyntheticPerson = {
  /** From 1, in order of generation. */
  readonly number: number;
  /** Hospital number at RXX. */
  readonly mrn: string;
  /** Undefined for the few who have none. */
  readonly nhsNumber: string | undefined;
  /** `01` verified … `08`; see HL7 PID-32 and the UK Core verification status. */
  readonly traceStatus: string;
  readonly title: string;
  readonly family: string;
  /** Empty for people with one name. */
  readonly given: readonly string[];
  readonly sex: Sex;
  /** YYYY-MM-DD. */
  readonly birthDate: string;
  readonly address: Address;
  readonly mobile: string | undefined;
  readonly landline: string | undefined;
  readonly email: string | undefined;
  /** People with the same number live together. */
  readonly household: number;
  readonly practice: Practice;
  readonly doctor: Doctor;
  readonly allergies: readonly Allergy[];
  readonly conditions: readonly Condition[];
  /** Number of the twin. */
  readonly twin: number | undefined;
  readonly nextOfKin: { readonly family: string; readonly given: string; readonly relationship: string } | undefined;
};
