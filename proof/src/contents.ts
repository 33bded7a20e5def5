// What exactly is committed to for each kind of leaf: one JSON array per input, its first element the name and version of the form.
// An array has no member order to disagree about, and JSON.stringify spells each value in one way. Absent values are null.

import { toHex, utf8 } from './bytes.ts';
import { canonicalJson } from './canonical.ts';
import type { LeafKind } from './leaf.ts';

/** Changing a form means a new name here, beside the old one: what was committed stays readable. */
export const CONTENT_FORMS: { readonly [kind in LeafKind]: string } = {
  receipt: 'vouch.receipt.1',
  statement: 'vouch.statement.1',
  link: 'vouch.link.1',
  ruling: 'vouch.ruling.1',
  policy: 'vouch.policy.1',
  source: 'vouch.source.1',
};

export type ReceiptFields = {
  readonly source: string;
  readonly door: string;
  /** UTC with milliseconds, `2026-03-02T07:15:00.000Z`; so are all times here. */
  readonly receivedAt: string;
  readonly format: string;
  readonly deliveryKey: string | undefined;
  /** SHA-256 of the bytes as they came. */
  readonly payloadHash: Uint8Array;
};

export type StatementFields = {
  /** The id by which explanations and rulings name the statement. */
  readonly id: number;
  /** Ledger index of the receipt's leaf. */
  readonly receipt: number;
  readonly source: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly subject: string | undefined;
  readonly saidAt: string;
  readonly receivedAt: string;
  readonly replaces: boolean;
  /** The resource as JSON text, to the byte. */
  readonly text: string;
  readonly said: readonly SaidFields[];
  readonly origins: readonly OriginFields[];
};
export type SaidFields = { readonly element: string; readonly action: string; readonly update: string };
export type OriginFields = {
  readonly path: string;
  readonly position: string;
  readonly span: { readonly start: number; readonly end: number };
};

export type LinkFields = {
  readonly id: number;
  readonly a: string;
  readonly b: string;
  readonly kind: string;
  readonly rule: string;
  readonly retired: string | undefined;
  readonly receipt: number;
  readonly because: readonly { readonly code: string; readonly detail: string }[];
};

export type RulingFields = {
  readonly receipt: number;
  readonly subject: string;
  readonly element: string;
  readonly decision: string;
  readonly chosen: number | undefined;
  readonly competingSet: string;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
};

export type PolicyFields = {
  /** `uk-default@1`. */
  readonly id: string;
  readonly text: string;
};

export type SourceFields = {
  readonly key: string;
  readonly version: number;
  /** Any JSON value; member order does not matter, so it may come back from a database that sorts. */
  readonly settings: unknown;
};

export function receiptContent(receipt: ReceiptFields): Uint8Array {
  const { source, door, receivedAt, format, deliveryKey, payloadHash } = receipt;
  return encode('receipt', [source, door, receivedAt, format, deliveryKey, toHex(payloadHash)]);
}

export function statementContent(statement: StatementFields): Uint8Array {
  const { id, receipt, source, resourceType, resourceId, subject, saidAt, receivedAt, replaces, text } = statement;
  const said = statement.said.map(({ element, action, update }) => [element, action, update]);
  const origins = statement.origins.map(({ path, position, span }) => [path, position, span.start, span.end]);
  const identity = [id, receipt, source, resourceType, resourceId, subject];
  return encode('statement', [...identity, saidAt, receivedAt, replaces, text, said, origins]);
}

export function linkContent({ id, a, b, kind, rule, retired, receipt, because }: LinkFields): Uint8Array {
  return encode('link', [id, a, b, kind, rule, retired, receipt, because.map(({ code, detail }) => [code, detail])]);
}

export function rulingContent(ruling: RulingFields): Uint8Array {
  const { receipt, subject, element, decision, chosen, competingSet, reason, by, at } = ruling;
  return encode('ruling', [receipt, subject, element, decision, chosen, competingSet, reason, by, at]);
}

export function policyContent({ id, text }: PolicyFields): Uint8Array {
  return encode('policy', [id, text]);
}

export function sourceContent({ key, version, settings }: SourceFields): Uint8Array {
  return encode('source', [key, version, canonicalJson(settings)]);
}

// JSON.stringify writes undefined inside an array as null, which is what the forms ask for.
function encode(kind: LeafKind, fields: readonly unknown[]): Uint8Array {
  return utf8(JSON.stringify([CONTENT_FORMS[kind], ...fields]));
}
