// The words of scored linking: the record that is compared, the fields and their levels, the model, and what a score says.

/** What a source says of one patient, as far as it may tell who that is. Values as written; `prepare` normalises them. */
export type LinkageRecord = {
  readonly given: readonly string[];
  readonly family: string | undefined;
  /** FHIR date, possibly partial, or any eight digits that were meant as one. */
  readonly birthDate: string | undefined;
  readonly deathDate: string | undefined;
  readonly sex: string | undefined;
  readonly postcode: string | undefined;
  readonly house: string | undefined;
  readonly street: readonly string[];
  readonly town: string | undefined;
  readonly region: string | undefined;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly nhsNumbers: readonly { readonly value: string; readonly verified: boolean }[];
  /** Identifiers of one person that are not NHS numbers: system and value in one text. */
  readonly identifiers: readonly string[];
};

export const FIELDS = [
  'given',
  'middle',
  'family',
  'birthDate',
  'sex',
  'postcode',
  'street',
  'house',
  'town',
  'region',
  'phone',
  'email',
  'nhsNumber',
  'identifier',
] as const;
export type Field = (typeof FIELDS)[number];

/**
 * The levels of each field, from 0 for "one side does not say" to the best agreement. Levels on the ladder are ordered: a better
 * one never weighs less. A level named in `aside` stands for evidence of another kind and is weighed by itself.
 */
export type FieldLevels = {
  readonly names: readonly string[];
  readonly aside: readonly string[];
  /** Fields that a household shares; together they count up to the model's limit. */
  readonly household: boolean;
  /** How common the agreeing value is changes the weight of the best level. */
  readonly byFrequency: boolean;
};
const levels = (names: string, rest: Partial<Omit<FieldLevels, 'names'>> = {}): FieldLevels => ({
  names: ['missing', ...names.split(' ')],
  aside: [],
  household: false,
  byFrequency: false,
  ...rest,
});

export const LEVELS: { readonly [field in Field]: FieldLevels } = {
  given: levels('different similar initial another-given nickname close same', { byFrequency: true }),
  middle: levels('different initial same'),
  family: levels('different similar half-swapped part close swapped same', {
    aside: ['half-swapped', 'swapped'],
    byFrequency: true,
  }),
  birthDate: levels('different compatible near-other-year near two-parts one-digit same', {
    aside: ['compatible'],
    byFrequency: true,
  }),
  sex: levels('different same'),
  postcode: levels('different area district sector one-character same', { household: true, byFrequency: true }),
  street: levels('different some similar same', { household: true }),
  house: levels('different close same', { household: true }),
  town: levels('different similar close same', { household: true, byFrequency: true }),
  region: levels('different close same', { household: true }),
  phone: levels('different one-digit same', { household: true }),
  email: levels('different similar close same'),
  nhsNumber: levels('different one-digit same'),
  identifier: levels('different one-character same'),
};

/** No field has more levels; weights are laid out with this stride. */
export const LEVELS_MAX = 8;

/** How often values occur, as thousandths of a bit: `-1000 log2(frequency)`, rounded. */
export type Frequencies = {
  /** The expected surprise of two random records agreeing, which the weight of the best level already counts. */
  readonly average: number;
  /** For values that are not listed. */
  readonly rare: number;
  readonly values: { readonly [value: string]: number };
};

/** All weights are whole thousandths of a bit, so that every machine adds up the same. */
export type Model = {
  readonly model: string;
  readonly version: number;
  /** What the numbers were made from: no records, only counts. */
  readonly trainedOn: { readonly records: number; readonly sampledPairs: number; readonly blockedPairs: number };
  /** The odds that two random records are one person. */
  readonly prior: number;
  readonly weights: { readonly [field in Field]: { readonly [level: string]: number } };
  readonly frequencies: { readonly [field in Field]?: Frequencies };
  readonly decision: Decision;
};

/** Fixed before any score is seen. Thousandths of a bit of the odds, so 0 is as likely as not. */
export type Decision = {
  readonly link: number;
  readonly review: number;
  /** The best person must beat the next by this much. */
  readonly margin: number;
  /** Evidence of one kind that weighs this much is an identifier of its own. */
  readonly identifier: number;
  /** The most that the fields of a household may speak for two records. */
  readonly householdMost: number;
};

export type Veto = 'different-verified-nhs-numbers' | 'different-dates-of-death' | 'twins';

/** One bar of the waterfall. `frequency` is the part of `weight` that comes from how common the value is. */
export type Bar = {
  readonly field: Field | 'prior' | 'household-limit';
  readonly level: string;
  readonly weight: number;
  readonly frequency: number;
};
export type Waterfall = {
  readonly score: number;
  readonly bars: readonly Bar[];
  readonly vetoes: readonly Veto[];
  /** Name and version. */
  readonly model: string;
};
