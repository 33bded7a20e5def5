// A finding of validation is about a draft; who repairs it needs the place in what was sent.                             (pure)
import type { Origin, StatementDraft } from '../mapping/types.ts';
import type { Issue } from '../validation/types.ts';

/** The issue with the position and the bytes it comes from: `PID-7`, `row 4 column dob`, `Bundle.entry[3].resource.birthDate`. */
export function locateIssue(draft: Pick<StatementDraft, 'resourceType' | 'origins'>, issue: Issue): Issue {
  const { resourceType, origins } = draft;
  if (issue.expression === undefined || issue.span !== undefined) return issue;
  const path = issue.expression.slice(resourceType.length).replace(/^\./, '');
  const origin = originOf(origins, path);
  const frame = fhirFrame(origin ?? origins[0]);
  // What came as FHIR keeps its path, led by where the resource stood; other languages have positions of their own.
  if (frame !== undefined) {
    return { ...issue, expression: path === '' ? frame : `${frame}.${path}`, span: origin?.span };
  }
  return origin === undefined ? issue : { ...issue, expression: origin.position, span: origin.span };
}

/** The origin of the element itself, else of the nearest element around it, else of the first inside it. */
function originOf(origins: readonly Origin[], path: string): Origin | undefined {
  if (path === '') return undefined;
  const around = origins
    .filter(
      (origin) => path === origin.path || path.startsWith(`${origin.path}.`) || path.startsWith(`${origin.path}[`),
    )
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  return (
    around ?? origins.find((origin) => origin.path.startsWith(path) && /^[.[A-Z]/.test(origin.path.slice(path.length)))
  );
}

/** `Bundle.entry[3].resource` of an origin whose position is `Bundle.entry[3].resource.birthDate`. */
function fhirFrame(origin: Origin | undefined): string | undefined {
  return origin?.position.endsWith(`.${origin.path}`) === true
    ? origin.position.slice(0, -(origin.path.length + 1))
    : undefined;
}
