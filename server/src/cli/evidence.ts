// vouch evidence: saves what an outsider needs to check one explanation without us.
import { statSync } from 'node:fs';
import { runVerify } from '@vouch/proof/cli';
import { connectTo, serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, readArguments, readPositionals, usage as wrong } from './arguments.ts';
import { tell } from './bad-news.ts';
import { count, print, printJson } from './display.ts';
import type { Command } from './types.ts';

const usage = `
vouch evidence PATIENT-ID PATH --out FILE [--as-of N|TIME] [--server URL] [--json]

Saves the evidence for one explanation: everything it rests on, opened, with proof that it is in the ledger, and signed.
Whoever has the file and the ledger's key can check it with vouch verify, without this server.

  --out FILE     a new file, readable by you alone: it holds what sources said about the patient
  --as-of N|TIME the explanation as of a ledger size, or a time with its zone
${ASKING_HELP}

Exit codes: 0 saved and verified, 1 refused or not verified, 2 wrong usage.`;

const NOT_VERIFIED =
  'The evidence does not hold. The file is kept for whoever looks into it: vouch verify shows what fails. Do not hand it on.';

export const evidence: Command = {
  name: 'evidence',
  summary: 'save the evidence behind one explanation, for checking without the server',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      ...ASKING,
      out: { type: 'string' },
      'as-of': { type: 'string' },
    });
    const [id = '', path] = readPositionals(positionals, ['patient id', 'path']);
    const file = values.out;
    if (file === undefined) throw wrong('Give --out FILE: where to save it.');
    const api = connectTo(serverAddress(values.server, io.env));
    const query = { patient: id.replace(/^Patient\//, ''), path, _asOf: values['as-of'] };
    await api.download('/api/v1/ledger/evidence', query, file);
    const key = (await api.getText('/api/v1/ledger/key')).trim();
    const said: string[] = [];
    const take = (text: string) => said.push(text);
    // Checked before it is handed on: evidence that does not hold must not leave the house.
    const code = await runVerify([file, '--key', key], { out: take, err: take });
    const { size: sizeBytes } = statSync(file);
    if (code !== 0) {
      if (!values.json) io.stderr.write(said.join(''));
      tell(io, { command: 'evidence', code: 'evidence-not-verified', message: NOT_VERIFIED }, values.json);
    } else if (values.json) printJson(io, { file, sizeBytes, key, verified: true });
    else
      print(io, [
        `Saved to ${file} (${count(sizeBytes, 'byte')}) and verified.`,
        `Check it anywhere: vouch verify ${file} --key ${key}`,
        'Give the key by another way than the file.',
      ]);
    return code === 0 ? 0 : 1;
  },
};
