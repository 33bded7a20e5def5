// vouch explain: what Vouch holds of one element of a patient and why, in English.
import { displayPart } from '../base/ids.ts';
import type { IdentityExplanation } from '../truth/identity/types.ts';
import type { Explanation } from '../truth/types.ts';
import { connectTo, serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, readArguments, readPositionals, usage as wrongUsage } from './arguments.ts';
import { print, printJson, table, time } from './display.ts';
import type { Command } from './types.ts';

const usage = `
vouch explain PATIENT-ID PATH [--as-of N|TIME] [--server URL] [--json]
vouch explain PATIENT-ID person [--with ID] [--as-of N|TIME] [--server URL] [--json]

Says what is known, what is assumed, who said what and when, which rule decided, and what was set aside. With \`person\`
in place of a path: why the records of this patient are one person.

  PATIENT-ID     the FHIR id: SERVER/fhir/R4/Patient?identifier=NUMBER finds it
  PATH           an element of the patient: birthDate, name, name.family, address, AllergyIntolerance, …
  --with ID      with person: why this patient and that one are not one
  --as-of N      as the ledger was at N entries
  --as-of TIME   as it was at a time with its zone, such as 2026-03-02T14:05:00Z
${ASKING_HELP}

The answer tells about a patient. Exit codes: 0 explained, 1 refused or the server does not answer, 2 wrong usage.`;

export const explain: Command = {
  name: 'explain',
  summary: 'say why an element of a patient is what it is, or why records are one person',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      ...ASKING,
      'as-of': { type: 'string' },
      with: { type: 'string' },
    });
    const server = connectTo(serverAddress(values.server, io.env));
    const [id = '', path] = readPositionals(positionals, ['patient id', 'path']);
    if (path === 'person') {
      const answer = await server.get<IdentityExplanation>(`/api/v1/persons/${patientId(id)}/explain`, {
        query: { with: values.with?.replace(/^Patient\//, ''), asOf: values['as-of'] },
        having: 'whatWeKnow',
      });
      if (values.json) printJson(io, answer);
      else print(io, [...answer.text.split('\n'), '', `As of ledger size ${answer.asOf}, ${time(answer.at)}.`]);
      return 0;
    }
    if (values.with !== undefined) throw wrongUsage('--with goes with person: vouch explain ID person --with ID.');
    const answer = await server.get<Explanation>(`/fhir/R4/Patient/${patientId(id)}/$explain`, {
      query: { path, _asOf: values['as-of'] },
      having: 'whatWeKnow',
    });
    if (values.json) printJson(io, answer);
    else print(io, explanationLines(answer));
    return 0;
  },
};

/** With or without its type, as a reference writes it. */
export function patientId(given: string): string {
  return encodeURIComponent(given.replace(/^Patient\//, ''));
}

function explanationLines({ text, asOf, at, state, said, setAside }: Explanation): readonly string[] {
  const all = new Map([...said, ...setAside].map((one) => [one.statement, one]));
  const statements = table(
    ['statement', 'source', 'said'],
    [...all.values()].map((one) => [displayPart(one.statement), one.source, time(one.saidAt)]),
  );
  return [
    ...text.split('\n'),
    '',
    ...(all.size === 0 ? [] : [...statements, '']),
    `As of ledger size ${asOf}, ${time(at)}.`,
    ...(state === 'conflicting'
      ? ['A person has to decide: vouch cases shows the case, vouch rule records the ruling.']
      : []),
  ];
}
