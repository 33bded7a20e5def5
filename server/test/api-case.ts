// One refusal of the API as a line: what it is, the request, and the answer.
import type { HttpOptions } from './harness.ts';

/** Stands in bodies and addresses for what only a patient's record may show. */
export const SECRET = 'Quillfeather';

export type Case = {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly options: HttpOptions;
  readonly status: number;
  readonly code: string;
  /** Where it says the trouble lies. */
  readonly where: string | undefined;
  readonly says: RegExp | undefined;
};
type More = HttpOptions & { readonly answer: string; readonly where?: string; readonly says?: RegExp };

/** `request` is `GET /path`, `answer` is `404 not-found`. */
export function refused(what: string, request: string, { answer, where, says, ...options }: More): Case {
  const [[method = '', path = ''], [status = '', code = '']] = [request.split(' '), answer.split(' ')];
  return { what, method, path, options, status: Number(status), code, where, says };
}

export function ruling(what: string, answer: string, fields: object): Case {
  const body = { reason: `Because of ${SECRET}`, by: 'ops', ...fields };
  return refused(`a ruling ${what}`, 'POST /api/v1/rulings', { answer, type: 'application/json', body });
}
