// What one check of the doctor found.

export type Checkup = {
  readonly name: string;
  readonly verdict: 'ok' | 'problem' | 'skipped';
  readonly detail: string;
  /** For a problem: what to do about it. */
  readonly todo?: string;
  /** Page of docs/runbooks without `.md`. */
  readonly runbook?: string;
};

export const ok = (name: string, detail: string): Checkup => ({ name, verdict: 'ok', detail });
export const skipped = (name: string, detail: string): Checkup => ({ name, verdict: 'skipped', detail });
export const problem = (
  name: string,
  detail: string,
  help: { readonly todo: string; readonly runbook?: string },
): Checkup => ({ name, verdict: 'problem', detail, ...help });
