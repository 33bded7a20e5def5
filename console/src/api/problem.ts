// One shape for every refusal and failure, whichever way the server said it: what happened, where, and what to do.

/** One issue of an OperationOutcome. */
export type OutcomeIssue = {
  readonly severity: string;
  readonly code: string;
  readonly said: string;
  readonly expression: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
};
export type Problem = {
  readonly status: number;
  readonly what: string;
  readonly detail: string | undefined;
  readonly where: string | undefined;
  readonly todo: string;
  /** All that an OperationOutcome said, where it was one. */
  readonly issues?: readonly OutcomeIssue[];
};

export class RequestFailed extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.what);
    this.name = 'RequestFailed';
    this.problem = problem;
  }
}

/** Reads an RFC 9457 problem, an OperationOutcome or plain text into a Problem. `where` falls back to the request's path. */
export function readProblem(status: number, body: string, path: string): Problem {
  const parsed = parseObject(body);
  if (parsed === undefined)
    return { status, what: titleOf(status), detail: undefined, where: path, todo: todoFor(status) };
  return parsed['resourceType'] === 'OperationOutcome'
    ? fromOutcome(status, parsed, path)
    : fromDetails(status, parsed, path);
}

/** The server did not answer at all. */
export function unreachableProblem(path: string): Problem {
  return {
    status: 0,
    what: 'The server did not answer',
    detail: undefined,
    where: path,
    todo: 'Check that Vouch is running (npx vouch doctor). This page tries again by itself where it refreshes.',
  };
}

function fromDetails(status: number, body: Record<string, unknown>, path: string): Problem {
  const title = text(body['title']);
  const detail = text(body['detail']);
  // A title that is a bare code (`receipt-not-found`) tells a person less than the sentence beside it.
  const coded = title !== undefined && /^[a-z0-9-]+$/.test(title);
  return {
    status,
    what: (coded ? detail : title) ?? titleOf(status),
    detail: coded ? undefined : detail,
    where: text(body['where']) ?? text(body['instance']) ?? path,
    todo: text(body['todo']) ?? text(body['action']) ?? todoFor(status),
  };
}

function fromOutcome(status: number, body: Record<string, unknown>, path: string): Problem {
  const issues = readIssues(body);
  const said = issues.map((issue) => issue.said).filter((sentence) => sentence !== '');
  return {
    status,
    what: said[0] ?? titleOf(status),
    detail: said.length > 1 ? said.slice(1).join(' ') : undefined,
    where: issues[0]?.expression ?? path,
    todo: todoFor(status),
    issues,
  };
}

/** The issues of an OperationOutcome, in its order. */
export function readIssues(outcome: unknown): readonly OutcomeIssue[] {
  if (!isObject(outcome) || !Array.isArray(outcome['issue'])) return [];
  return outcome['issue'].filter(isObject).map((issue) => {
    const places = Array.isArray(issue['expression']) ? issue['expression'] : issue['location'];
    const sentence = isObject(issue['details']) ? text(issue['details']['text']) : undefined;
    return {
      severity: text(issue['severity']) ?? 'error',
      code: text(issue['code']) ?? '',
      said: sentence ?? text(issue['diagnostics']) ?? '',
      expression: Array.isArray(places) ? text(places[0]) : undefined,
      line: placeIn(issue, 'operationoutcome-issue-line'),
      column: placeIn(issue, 'operationoutcome-issue-col'),
    };
  });
}

/** https://hl7.org/fhir/R4/extension-operationoutcome-issue-line.html and its sibling for the column. */
function placeIn(issue: Record<string, unknown>, name: string): number | undefined {
  const extensions = Array.isArray(issue['extension']) ? issue['extension'].filter(isObject) : [];
  const found = extensions.find(({ url }) => url === `http://hl7.org/fhir/StructureDefinition/${name}`);
  return typeof found?.['valueInteger'] === 'number' ? found['valueInteger'] : undefined;
}

function titleOf(status: number): string {
  if (status === 404) return 'Not found';
  if (status === 410) return 'No longer held';
  if (status === 409 || status === 412) return 'This changed while you were looking at it';
  if (status === 503) return 'Not ready yet';
  return status >= 500 ? 'The server failed to answer' : 'The request was refused';
}

function todoFor(status: number): string {
  if (status === 404) return 'Check the address, or search for it from the menu.';
  if (status === 410) return 'It was erased; the record says so wherever it was used.';
  if (status === 409 || status === 412) return 'Load the page again and decide on what it shows now.';
  if (status === 503) return 'Wait a moment; the page tries again. If it stays, run: npx vouch doctor';
  if (status >= 500) return 'Try again. If it stays, the server log has an incident with this time.';
  return 'Correct the part named above and try again.';
}

function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // Not JSON (a proxy's page, an empty body): the status speaks alone.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
