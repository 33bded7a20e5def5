// Which tables a rebuild makes, and how the rows of each are compared with those served.                                (pure)

/** Made again beside the served ones. */
export const BESIDE = 'vouch_rebuild';

export type Keyed = {
  readonly table: string;
  readonly key: readonly string[];
  /** What of the key may be told: no identifier of a patient, no word of a text. */
  readonly told: readonly string[];
  /** Not compared byte for byte: a stored view may end at any statement, so each is compared with what it must be at its end. */
  readonly view?: string;
  /** Served rows and computed ones that are compared; `t` is the row. */
  readonly where?: string;
};

/** Words are gathered behind the commits: those of newer versions may not be there yet. */
const GATHERED = `not exists (select 1 from vouch.resource r join vouch.version v on v.type = r.type and v.id = r.id and v.version = r.version
  where r.key = t.key and v.index > (select followed from vouch.search_progress))`;

export const KEYED: readonly Keyed[] = [
  { table: 'subject', key: ['id'], told: ['id'], view: 'view' },
  { table: 'subject_lookup', key: ['subject', 'key'], told: ['subject'] },
  { table: 'person_truth', key: ['person'], told: ['person'] },
  { table: 'resource', key: ['type', 'id'], told: ['type', 'id'], view: 'view' },
  { table: 'version', key: ['type', 'id', 'version'], told: ['type', 'id', 'version'] },
  { table: 'case_file', key: ['id'], told: ['id'] },
  { table: 'search_contained', key: ['container', 'place'], told: ['container', 'place'] },
  { table: 'search_text', key: ['key'], told: ['key'], where: GATHERED },
];

/** Rows without a key of their own: all rows of one resource are compared, and replaced, together. */
export const BAGS = [
  'search_string',
  'search_date',
  'search_number',
  'search_quantity',
  'search_reference',
  'search_part',
] as const;

/** Rows may be left over here, which costs a look; a missing one is a wrong answer. */
export const COVERING = [
  { table: 'search_word', key: ['param', 'value', 'term'], told: ['param'], where: 'param < 10000' },
  { table: 'search_reference_past', key: ['target', 'key'], told: ['target', 'key'], where: 'true' },
] as const;

/** What SearchParameter resources define is built, counted and built again by the indexer: those rows are not compared. */
export const OWN_PARAMETER = 'abs(param) < 10000';

/** Needed by the code that replays, and not compared. */
const WORKING = ['search_parameter', 'search_word_due', 'search_progress', 'pipeline_head'] as const;

export const MADE: readonly string[] = [
  ...KEYED.map(({ table }) => table),
  ...BAGS,
  ...COVERING.map(({ table }) => table),
  ...WORKING,
];
