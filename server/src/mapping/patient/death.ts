// PID-29 and PID-30: whether the patient has died. A death that is taken back must be possible, and be said aloud.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, report } from '../context.ts';
import { partOf } from '../datatypes/part.ts';
import { readTime } from '../datatypes/time.ts';
import { leaf } from '../sourced.ts';
import { clear, type Draft, set } from '../statement.ts';
import { fieldUnit, firstOf, type Unit } from '../unit.ts';

/** With Y and `""` the patient has died and the date is not known (any more). */
export function sayDeath(context: Context, into: Draft, pid: Segment): void {
  const date = fieldUnit(pid, 29);
  const indicator = fieldUnit(pid, 30);
  const died = indicatorOf(context, indicator);
  const hasDate = date !== undefined && !date.isNull && date.text.trim() !== '';
  if (hasDate && died === false) {
    contradiction(context, date);
    return;
  }
  const time = hasDate ? readTime(context, partOf(firstOf(pid, 29))) : undefined;
  if (time !== undefined) set(into, 'deceasedDateTime', leaf(time.value, ...time.from, indicator));
  else if (died !== undefined)
    set(into, 'deceasedBoolean', leaf(died, indicator, date?.isNull === true ? date : undefined));
  else if (date?.isNull === true || indicator?.isNull === true) takenBack(context, into, [date, indicator]);
}

function takenBack(context: Context, into: Draft, from: readonly (Unit | undefined)[]): void {
  clear(into, 'deceased[x]', ...from.filter((unit) => unit?.isNull === true));
  report(context, {
    severity: 'information',
    code: 'informational',
    reason: 'death-taken-back',
    message: 'The sender says that there is no date of death or no death (""): what it said before is taken back.',
    at: from.find((unit) => unit?.isNull === true),
  });
}

function indicatorOf(context: Context, unit: Unit | undefined): boolean | undefined {
  if (unit === undefined || unit.isNull) return undefined;
  const code = unit.text.trim().toUpperCase();
  if (code === 'Y') return true;
  if (code === 'N') return false;
  if (code !== '')
    report(context, {
      severity: 'warning',
      code: 'code-invalid',
      reason: 'yes-no-code-unknown',
      message: 'PID-30 says whether the patient has died; it is neither Y nor N and was left out.',
      at: unit,
    });
  return undefined;
}

function contradiction(context: Context, date: Unit): void {
  report(context, {
    severity: 'error',
    code: 'value',
    reason: 'death-contradictory',
    message:
      'PID-30 says that the patient has not died and PID-29 gives a date of death. Neither was taken; the sender must say which is right.',
    at: date,
  });
}
