// The rules by which mapping sets positions aside, each with the sentence shown to people. A rule that is not here is a mistake.

export const IGNORE_RULES: { readonly [rule: string]: string } = {
  acknowledgement: 'An acknowledgement says nothing about a patient; it is kept and counted.',
  'blank-text': 'The position holds spaces only.',
  delimiters: 'MSH-1 and MSH-2 say how the message is written; they are not content.',
  envelope: 'MSH says how the message travels (receiver, version, processing, acknowledgement wanted); not content.',
  'set-id': 'Numbers the segments of a message; it means nothing outside it.',
  'merge-is-not-demographics':
    'A merge or an unlink says which ids are one patient, or are not; other patient details in it are not to change the record.',
  'merge-carries-no-visit': 'A merge or an unlink is about the patients; visit details in it are not taken.',
  'not-a-visit': 'PV1-2 says that there is no visit: the segment is there because the structure asks for it.',
  'person-event-carries-no-visit': 'A28 and A31 are about the person; visit details in them are not taken.',
  'not-used-in-uk':
    'The field is not used in the UK, or belongs to another country’s administration; the rule names the field.',
  'not-owner': 'The source may say this element only when it owns it, and it does not.',
  'nhs-number-filler': 'One digit repeated stands for no number; it is never stored as an NHS number.',
  'repeats-msh-9': 'The event is taken from MSH-9; EVN-1 says the same again.',
  'superseded-by-PID-3': 'PID-2 and PID-4 are older places for ids; PID-3 has the same id.',
  'superseded-by-PID-11': 'PID-12 repeats the county of the address in PID-11.',
  'trace-status-without-number': 'PID-32 gives the status of an NHS number that the message does not carry.',
  'update-policy-ignore': 'The update policy of this source says that the element is not to be taken from it.',
  'csv-map-ignore': 'The column map of this source says that the column is not to be taken.',
  'bundle-envelope': 'Says how a Bundle travels, not what a resource says.',
  'discharge-taken-back': 'The event says that the discharge did not happen; its time is not taken.',
  'merge-of-other-id':
    'An id of another kind retired in the same merge (an NHS number, say); the link is made by this source’s own ids.',
  'announces-results': 'ORC-1 says RE: results follow. That they do is seen from them.',
  'continues-result': 'A further OBX of one text or document repeats what its first OBX says.',
  'note-source': 'NTE-2 says whether the placer or the filler wrote the note; FHIR has no place for it.',
  'numbers-pieces': 'OBX-4 numbers the pieces of a document, which is put together again.',
  'repeats-order-number': 'ORC-2 and ORC-3 give the order numbers of OBR-2 and OBR-3 again.',
  'status-only-result': 'OBX-11 says U: only the state of the result changes, so nothing else of the OBX is taken.',
  'superseded-by-SPM': 'The specimen fields of OBR are older places; the SPM says the same.',
  'value-type': 'OBX-2 says how OBX-5 is written; what it holds shows in the value.',
  'visit-of-result': 'Visits are stated by ADT messages; what a result repeats of one may be old.',
};
