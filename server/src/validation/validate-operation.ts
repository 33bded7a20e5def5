// The operation $validate (https://hl7.org/fhir/R4/resource-operation-validate.html) as a function: what was sent in, an
// OperationOutcome out. Whether a delete is allowed is for those who hold the record.
import { type JsonObject, objectIn, objectsIn } from '../base/json.ts';
import { operationOutcome } from '../fhir/index.ts';
import { baseLibrary, type Library } from '../fhir/library.ts';
import { textIn } from './context.ts';
import type { Issue } from './types.ts';
import { type ValidateOptions, validate } from './validate.ts';
import { type LocatedIssue, located, parsedOrIssue } from './validate-text.ts';

export type ValidateRequest = {
  /** The body as it was sent: a resource, or Parameters that hold one. Empty for an instance that is validated as it is stored. */
  readonly text: string;
  /** Type of the URL. */
  readonly type: string;
  /** Id of the URL, for the instance. */
  readonly id?: string;
  /** Parameters of the URL. */
  readonly profile?: string;
  readonly mode?: string;
  /** The stored resource, for an instance without a body. */
  readonly stored?: JsonObject;
  readonly library?: Library;
  readonly resolve?: ValidateOptions['resolve'];
  readonly resource?: ValidateOptions['resource'];
};
type Asked = {
  readonly resource: JsonObject | undefined;
  /** Where the resource stands in what was sent. */
  readonly prefix: string;
  readonly profiles: readonly string[];
  readonly mode: string | undefined;
  readonly issues: readonly LocatedIssue[];
};

const MODES: ReadonlySet<string | undefined> = new Set([undefined, 'create', 'update', 'delete', 'profile']);

/** Never throws for what was sent. */
export function validateOperation(request: ValidateRequest): JsonObject {
  const asked = readRequest(request);
  if (asked.issues.length > 0) return outcome(asked.issues);
  if (!MODES.has(asked.mode))
    return outcome([refused('mode-unknown', 'The mode is not known. Use create, update, delete or profile.', 'mode')]);
  if (asked.mode === 'profile' && asked.profiles.length === 0) {
    return outcome([
      refused(
        'mode-without-profile',
        'The mode profile needs a profile. Name one in the parameter profile.',
        'profile',
      ),
    ]);
  }
  const { resource } = asked;
  if (resource === undefined) {
    if (asked.mode === 'delete') return outcome([]);
    return outcome([
      refused(
        'resource-missing',
        'There is nothing to validate. Send a resource, or Parameters with one named resource.',
      ),
    ]);
  }
  const { type, library = baseLibrary(), resolve, resource: find } = request;
  const found = validate(resource, {
    ...{ type, library, references: 'sent', claimed: true, warnings: true, profiles: asked.profiles },
    ...(resolve === undefined ? {} : { resolve }),
    ...(find === undefined ? {} : { resource: find }),
  });
  const issues = [...found, ...idIssues(asked, request)].map((issue) => moved(issue, type, asked.prefix));
  return outcome(request.text.trim() === '' ? issues : located(request.text, issues));
}

function readRequest({ text, stored, profile, mode }: ValidateRequest): Asked {
  const profiles = profile === undefined ? [] : [profile];
  if (text.trim() === '') return { resource: stored, prefix: '', profiles, mode, issues: [] };
  const parsed = parsedOrIssue(text);
  if ('issue' in parsed) return { resource: undefined, prefix: '', profiles, mode, issues: [parsed.issue] };
  const sent = objectIn(parsed.value) ?? {};
  if (sent['resourceType'] !== 'Parameters') return { resource: sent, prefix: '', profiles, mode, issues: [] };
  const parameters = objectsIn(sent['parameter']);
  const named = (name: string) => parameters.filter((one) => one['name'] === name);
  const at = parameters.findIndex((one) => one['name'] === 'resource');
  const urls = named('profile').flatMap((one) =>
    [textIn(one['valueUri']) ?? textIn(one['valueCanonical']) ?? textIn(one['valueString']) ?? []].flat(),
  );
  const said = named('mode').map((one) => textIn(one['valueCode']) ?? textIn(one['valueString']))[0];
  return {
    resource: objectIn(parameters[at]?.['resource']) ?? (at === -1 ? stored : undefined),
    prefix: at === -1 ? '' : `Parameters.parameter[${at}].resource`,
    profiles: [...new Set([...profiles, ...urls])],
    mode: said ?? mode,
    issues: [],
  };
}

function idIssues({ resource, mode }: Asked, { id, type }: ValidateRequest): readonly Issue[] {
  const own = textIn(resource?.['id']);
  if (id === undefined || mode === 'create' || own === id) return [];
  if (own === undefined && mode !== 'update') return [];
  const what = own === undefined ? 'is missing, and an update needs it' : 'is not the id of the address';
  return [
    {
      ...{ severity: 'error', code: 'value', reason: 'id-disagrees', span: undefined, expression: `${type}.id` },
      message: `${type}.id ${what}. Send the id of the address.`,
    },
  ];
}

/** `Patient.name` is `Parameters.parameter[0].resource.name` in what was sent. */
function moved(issue: Issue, type: string, prefix: string): Issue {
  if (prefix === '' || issue.expression === undefined) return issue;
  return { ...issue, expression: prefix + issue.expression.slice(type.length) };
}

function refused(reason: string, message: string, expression?: string): Issue {
  return { severity: 'error', code: 'invalid', reason, message, expression, span: undefined };
}

const LINE = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line';
const COLUMN = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col';

function outcome(issues: readonly (Issue | LocatedIssue)[]): JsonObject {
  const made = operationOutcome(issues);
  const places = issues.map((issue) => ('line' in issue ? issue : undefined));
  return {
    ...made,
    issue: objectsIn(made['issue']).map((one, at) => {
      const { line, column } = places[at] ?? {};
      if (line === undefined || column === undefined) return one;
      return {
        extension: [
          { url: LINE, valueInteger: line },
          { url: COLUMN, valueInteger: column },
        ],
        ...one,
      };
    }),
  };
}
