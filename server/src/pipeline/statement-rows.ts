// A statement as it is written: what its leaf commits to (proof/src/contents.ts) and its row, both straight from what the pipeline holds
// packed. Every message says several things, and taking their origins apart only to write them again cost more than the hashing.
import { CONTENT_FORMS } from '@vouch/proof';
import { type PreparedLeaf, prepareLeaf, type SaltSource } from '../ledger/leaf.ts';
import type { ElementSaid } from '../mapping/types.ts';
import { packSaid, unpackOrigins } from './pack.ts';
import type { PlannedStatement } from './types.ts';

/** Leaf and row of one statement. Both hold what it says, which is written as a JSON string only once. */
export type StatementRow = { readonly leaf: PreparedLeaf; row(place: number): string };

export function statementRow(statement: PlannedStatement, salts: SaltSource): StatementRow {
  const text = quoted(statement.text);
  return {
    leaf: prepareLeaf('statement', formOf(statement, text), salts),
    row: (place) => rowOf(statement, text, place),
  };
}

/** The same text as `statementContent` of the same statement. `text`: what it says, as a JSON string. */
export function formOf(statement: PlannedStatement, text: string): string {
  const { id, receipt, source, resourceType, resourceId, subject, saidAt, receivedAt, replaces } = statement;
  const about = `${quoted(resourceType)},${quoted(resourceId)},${subject === undefined ? 'null' : quoted(subject)}`;
  const when = `${quoted(saidAt)},${quoted(receivedAt)},${replaces}`;
  const { form } = writtenSaid(statement.said);
  const origins = originsForm(statement.origins);
  return `["${CONTENT_FORMS.statement}",${id},${receipt},${quoted(source)},${about},${when},${text},${form},${origins}]`;
}

/** As `append_inputs` takes it. */
function rowOf(statement: PlannedStatement, text: string, place: number): string {
  const { id, receipt, source, subject, resourceType, resourceId, saidAt, receivedAt, replaces, home } = statement;
  const about = `"resourceType":${quoted(resourceType)},"resourceId":${quoted(resourceId)}${subject === undefined ? '' : `,"subject":${quoted(subject)}`}`;
  const when = `"saidAt":${quoted(saidAt)},"receivedAt":${quoted(receivedAt)},"replaces":${replaces}`;
  const { packed } = writtenSaid(statement.said);
  return `{"place":${place},"home":${home},"id":${id},"receipt":${receipt},"source":${quoted(source)},${about},${when},"text":${text},"said":${quoted(packed)},"origins":${quoted(statement.origins)}}`;
}

/** Joined at once: text put together in steps is copied again when it is sent, and this is the longest there is. */
export function listText(rows: readonly string[]): string {
  const [first = '', ...rest] = rows;
  return rest.length === 0 ? `[${first}]` : [`[${first}`, ...rest.slice(0, -1), `${rest.at(-1)}]`].join();
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

type WrittenSaid = { readonly form: string; readonly packed: string };
/** What a feed speaks of hardly varies, and where it does not, it is one list. */
const written = new WeakMap<readonly ElementSaid[], WrittenSaid>();

/** What is said of which element, as the leaf commits to it and as it is stored. */
function writtenSaid(said: readonly ElementSaid[]): WrittenSaid {
  const known = written.get(said);
  if (known !== undefined) return known;
  const form = JSON.stringify(said.map(({ element, action, update }) => [element, action, update]));
  const made = { form, packed: packSaid(said) };
  written.set(said, made);
  return made;
}

/** Anything that JSON writes otherwise than it is, and what packing had to shield. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what JSON escapes; tab and line feed part the packed fields.
const NOT_PLAIN = /["\\%\u0000-\u0008\u000b-\u001f\ud800-\udfff]/;

function originsForm(packed: string): string {
  if (packed === '') return '[]';
  if (NOT_PLAIN.test(packed))
    return JSON.stringify(
      unpackOrigins(packed).map(({ path, position, span }) => [path, position, span.start, span.end]),
    );
  let form = '';
  for (let at = 0; at <= packed.length; ) {
    const position = packed.indexOf('\t', at) + 1;
    const start = packed.indexOf('\t', position) + 1;
    const length = packed.indexOf('\t', start) + 1;
    const found = packed.indexOf('\n', length);
    const end = found < 0 ? packed.length : found;
    const from = Number(packed.slice(start, length - 1));
    const upto = from + Number(packed.slice(length, end));
    form += `${form === '' ? '[' : ','}["${packed.slice(at, position - 1)}","${packed.slice(position, start - 1)}",${from},${upto}]`;
    at = end + 1;
  }
  return `${form}]`;
}
