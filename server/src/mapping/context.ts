// One v2 message being mapped: what it said so far (drafts), what was set aside by rule, and what is wrong with it.
// A unit counts as mapped only through `emit`, that is when its leaf stands in a statement that is really made.
import type { Instant } from '../base/ids.ts';
import type { Header, Message, Segment, Span, Subcomponent } from '../hl7v2/types.ts';
import type { Issue, Severity } from '../validation/types.ts';
import { accountFor } from './loss.ts';
import type { Draft } from './statement.ts';
import { finish } from './statement.ts';
import type { LinkDraft, LossAccount, MappingResult, Source, StatementDraft } from './types.ts';
import { positionOf, repetitionsOf, type Unit, unitsOf, unitsOfComponent } from './unit.ts';

export type Context = {
  readonly message: Message;
  readonly header: Header;
  readonly source: Source;
  readonly receivedAt: Instant;
  /** Whether the loss account lists mapped units too. */
  readonly listMapped: boolean;
  /** When the sender says it said this: EVN-2, else MSH-7, else the receipt's time. */
  readonly saidAt: Instant;
  /** Which of them gave it. */
  readonly saidBy: 'EVN-2' | 'MSH-7' | 'receipt';
  readonly statements: StatementDraft[];
  readonly links: LinkDraft[];
  readonly issues: Issue[];
  /** Units whose value stands in a statement or link; which one, the origins of the statements say. */
  readonly mapped: Set<Subcomponent>;
  /** Unit on the wire to the rule that sets it aside; a mapped unit stays mapped. */
  readonly ignored: Map<Subcomponent, string>;
};

export type Opening = Pick<Context, 'message' | 'header' | 'source' | 'receivedAt' | 'saidAt' | 'saidBy'> &
  Partial<Pick<Context, 'listMapped'>>;

export function openContext(opening: Opening): Context {
  return {
    listMapped: false,
    ...opening,
    statements: [],
    links: [],
    issues: [],
    mapped: new Set(),
    ignored: new Map(),
  };
}

/** Adds the draft's statement; only now do its units count as mapped. A draft that says nothing is dropped, unmarked. */
export function emit(context: Context, draft: Draft): void {
  const finished = finish(draft, context);
  for (const { rule, units } of finished.setAside) ignoreUnits(context, rule, units);
  for (const { unit } of finished.placed) context.mapped.add(unit.wire);
  const { statement } = finished;
  if (statement === undefined) return;
  const twin = context.statements.findIndex((one) => sameSaid(one, statement));
  const before = context.statements[twin];
  if (before === undefined) context.statements.push(statement);
  else context.statements[twin] = { ...before, origins: [...before.origins, ...statement.origins] };
}

// A message that names the same doctor three times says one thing, three times over.
function sameSaid(a: StatementDraft, b: StatementDraft): boolean {
  return a.resourceType === b.resourceType && a.key === b.key && a.text === b.text && a.said.length === b.said.length;
}

/** Ticks off the units of a link: what stands in a LinkDraft is used as surely as what stands in a statement. */
export function emitLink(context: Context, link: LinkDraft, units: readonly (Unit | undefined)[]): void {
  context.links.push(link);
  for (const unit of units) if (unit !== undefined) context.mapped.add(unit.wire);
}

/** Which part of a segment a rule sets aside; without `fields` all of it. */
export type Region = { readonly fields?: readonly number[]; readonly component?: number; readonly repetition?: number };

/** Sets positions of a segment aside by a named rule (see ignore-rules.ts). What is mapped anyway stays mapped. */
export function ignore(
  context: Context,
  rule: string,
  ...[segment, region = {}]: readonly [segment: Segment | undefined, region?: Region]
): void {
  if (segment === undefined) return;
  const fields = region.fields ?? Array.from({ length: segment.fieldCount }, (_, i) => i + 1);
  for (const field of fields) {
    for (const at of repetitionsOf(segment, field)) {
      if (region.repetition !== undefined && region.repetition !== at.index) continue;
      const { component } = region;
      ignoreUnits(context, rule, component === undefined ? unitsOf(at) : unitsOfComponent(at, component));
    }
  }
}

export function ignoreUnits(context: Context, rule: string, units: readonly (Unit | undefined)[]): void {
  for (const unit of units)
    if (unit !== undefined && !context.ignored.has(unit.wire)) context.ignored.set(unit.wire, rule);
}

export type Finding = {
  readonly severity: Severity;
  /** http://hl7.org/fhir/issue-type */
  readonly code: string;
  readonly reason: string;
  readonly message: string;
  readonly at?: Unit | undefined;
  readonly expression?: string | undefined;
  readonly span?: Span | undefined;
};

/** Files a finding. With `at`, position and byte range come from the unit. */
export function report(context: Context, issue: Finding): void {
  context.issues.push(issueOf(issue));
}

export function issueOf({ severity, code, reason, message, at, expression, span }: Finding): Issue {
  const position = expression ?? (at === undefined ? undefined : positionOf(at));
  return { severity, code, reason, message, expression: position, span: span ?? at?.wire.span };
}

export function lossOf(context: Context): LossAccount {
  return accountFor(context.message, context);
}

export function mappedResult(context: Context): MappingResult {
  const { statements, links } = context;
  return { outcome: 'mapped', statements, links, issues: distinct(context.issues), loss: lossOf(context) };
}

// A position that goes to two statements is still wrong only once.
function distinct(issues: readonly Issue[]): readonly Issue[] {
  return issues.filter((issue, i) => i === issues.findIndex((one) => isSameFinding(one, issue)));
}

function isSameFinding(a: Issue, b: Issue): boolean {
  return a.reason === b.reason && a.expression === b.expression && a.span?.start === b.span?.start;
}

/** Nothing is taken from a refused message, so nothing of it counts as mapped. */
export function refusedResult(
  context: Pick<Context, 'message' | 'issues'>,
  ...issues: readonly Finding[]
): MappingResult {
  const loss = accountFor(context.message, { mapped: new Set(), ignored: new Map(), listMapped: false });
  return { outcome: 'refused', issues: [...context.issues, ...issues.map(issueOf)], loss };
}

/** Understood, and a rule says nothing is to be done: every unit is set aside by that rule. */
export function ignoredResult(context: Context, rule: string): MappingResult {
  for (const segment of context.message.segments) ignore(context, rule, segment);
  return { outcome: 'ignored', rule, issues: context.issues, loss: lossOf(context) };
}
