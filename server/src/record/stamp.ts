// Puts server-owned id and meta into a resource's text, leaving every other byte as it was written.                        (pure)
import { type Edit, splice, topLevelMembers } from '../fhir/json-text.ts';

export type Stamp = { readonly id: string; readonly versionId: number; readonly lastUpdated: string };

const OPENING = /^\{"resourceType":"[A-Za-z]+"/;

/** Sets `id`, `meta.versionId` and `meta.lastUpdated`; keeps what else the writer put into meta. Takes and returns JSON text. */
export function stamp(text: string, { id, versionId, lastUpdated }: Stamp): string {
  const owned = `"versionId":"${versionId}","lastUpdated":"${lastUpdated}"`;
  const members = topLevelMembers(text);
  const idMember = members.find((member) => member.name === 'id');
  const meta = members.find((member) => member.name === 'meta');
  if (idMember === undefined && meta === undefined) {
    const opening = OPENING.exec(text)?.[0];
    if (opening !== undefined) return `${opening},"id":"${id}","meta":{${owned}}${text.slice(opening.length)}`;
  }
  const edits: Edit[] = [];
  const type = members.find((member) => member.name === 'resourceType');
  const insertAt = type === undefined ? text.indexOf('{') + 1 : type.valueEnd;
  const glue = (content: string) => (type === undefined ? `${content}${members.length > 0 ? ',' : ''}` : `,${content}`);
  if (idMember === undefined) edits.push({ start: insertAt, end: insertAt, text: glue(`"id":"${id}"`) });
  else edits.push({ start: idMember.valueStart, end: idMember.valueEnd, text: `"${id}"` });
  // Behind the id, where the definitions have it: read and written back through XML, the text stays the same.
  if (meta === undefined)
    edits.push(
      idMember === undefined
        ? { start: insertAt, end: insertAt, text: glue(`"meta":{${owned}}`) }
        : { start: idMember.valueEnd, end: idMember.valueEnd, text: `,"meta":{${owned}}` },
    );
  else
    edits.push({
      start: meta.valueStart,
      end: meta.valueEnd,
      text: stampMeta(text.slice(meta.valueStart, meta.valueEnd), owned),
    });
  return splice(text, edits);
}

function stampMeta(meta: string, owned: string): string {
  const kept = topLevelMembers(meta).filter((member) => member.name !== 'versionId' && member.name !== 'lastUpdated');
  return `{${[owned, ...kept.map((member) => meta.slice(member.nameStart, member.valueEnd))].join(',')}}`;
}
