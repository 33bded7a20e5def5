// The basis after a plan, so that the next receipt of the batch sees what this one did.
import { dropCase, noteCase, putCase, putLink, putResource, putRuling, putSubject, unblock } from './holding.ts';
import type { Basis, Plan } from './types.ts';

const OPEN = new Set(['waiting', 'quarantined', 'held']);

/** Moves the working copy of the basis on by one plan. */
export function advance(basis: Basis, plan: Plan): void {
  for (const subject of plan.subjects) {
    putSubject(basis, subject);
    for (const key of subject.lookupKeys ?? [])
      basis.lookup.set(key, (basis.lookup.get(key) ?? new Set()).add(subject.id));
  }
  for (const link of plan.links) putLink(basis, link);
  for (const ruling of plan.rulings) putRuling(basis, { ...ruling, id: plan.receipt });
  for (const version of plan.versions) {
    const { home, type, id, deleted, subject, view, digest, behind } = version;
    putResource(basis, {
      home,
      type,
      id,
      version: version.version,
      deleted,
      subject,
      view,
      digest,
      behind,
    });
  }
  for (const statement of plan.statements) {
    const name = `${statement.resourceType}/${statement.resourceId}`;
    const history = basis.histories.get(name);
    if (history !== undefined) basis.histories.set(name, [...history, statement]);
  }
  for (const one of plan.cases) {
    if (one.action === 'open') putCase(basis, one);
    else if (one.action === 'note') noteCase(basis, one);
    else dropCase(basis, one.id);
  }
  for (const verdict of plan.verdicts) {
    if (verdict.summary === undefined) basis.verdicts.delete(verdict.person);
    else basis.verdicts.set(verdict.person, verdict.summary);
  }
  for (const { person, before } of plan.judged) basis.judged.set(person, before);
  moveBlocks(basis, plan);
}

function moveBlocks(basis: Basis, plan: Plan): void {
  if (!OPEN.has(plan.state)) unblock(basis, plan.receipt);
  if (plan.settles !== undefined) {
    const target = basis.targets.get(plan.settles.receipt);
    if (target !== undefined) basis.targets.set(plan.settles.receipt, { ...target, state: plan.settles.state });
    if (plan.settles.state === 'rejected') unblock(basis, plan.settles.receipt);
  }
  for (const key of plan.blocks) {
    const name = `${plan.source} ${key}`;
    const others = (basis.blocks.get(name) ?? []).filter((receipt) => receipt !== plan.receipt);
    basis.blocks.set(
      name,
      [...others, plan.receipt].sort((a, b) => a - b),
    );
  }
}
