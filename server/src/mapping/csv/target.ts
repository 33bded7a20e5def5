// What a column of a CSV map may say, as data: targets that are understood, and the form of each.
import type { CsvColumn, CsvMap } from '../types.ts';

/** A column's target taken apart: `Patient.name.family` is part `family` of the list `name`. */
export type Target =
  | { readonly kind: 'ignore' }
  | { readonly kind: 'identifier' }
  | { readonly kind: 'birthDate' | 'gender' | 'deceased' }
  | { readonly kind: 'part'; readonly element: 'name' | 'address'; readonly part: string; readonly list: boolean }
  | { readonly kind: 'telecom'; readonly system: string; readonly use: string | undefined }
  | { readonly kind: 'concept'; readonly resourceType: 'AllergyIntolerance' | 'Condition' }
  | { readonly kind: 'observation' }
  | { readonly kind: 'observation-date' };

const TARGETS: { readonly [to: string]: Target } = {
  ignore: { kind: 'ignore' },
  'Patient.identifier': { kind: 'identifier' },
  'Patient.birthDate': { kind: 'birthDate' },
  'Patient.gender': { kind: 'gender' },
  'Patient.deceasedDateTime': { kind: 'deceased' },
  'Patient.name.family': { kind: 'part', element: 'name', part: 'family', list: false },
  'Patient.name.given': { kind: 'part', element: 'name', part: 'given', list: true },
  'Patient.name.prefix': { kind: 'part', element: 'name', part: 'prefix', list: true },
  'Patient.address.line': { kind: 'part', element: 'address', part: 'line', list: true },
  'Patient.address.city': { kind: 'part', element: 'address', part: 'city', list: false },
  'Patient.address.district': { kind: 'part', element: 'address', part: 'district', list: false },
  'Patient.address.postalCode': { kind: 'part', element: 'address', part: 'postalCode', list: false },
  'Patient.telecom.phone': { kind: 'telecom', system: 'phone', use: undefined },
  'Patient.telecom.mobile': { kind: 'telecom', system: 'phone', use: 'mobile' },
  'Patient.telecom.email': { kind: 'telecom', system: 'email', use: undefined },
  'AllergyIntolerance.code.text': { kind: 'concept', resourceType: 'AllergyIntolerance' },
  'Condition.code.text': { kind: 'concept', resourceType: 'Condition' },
  'Observation.valueQuantity': { kind: 'observation' },
  'Observation.effectiveDateTime': { kind: 'observation-date' },
};

export function targetOf(column: CsvColumn): Target | undefined {
  return Object.hasOwn(TARGETS, column.to) ? TARGETS[column.to] : undefined;
}

/** What an Observation column measures: `format: "code=29463-7;unit=kg;display=Body weight"`, its code system in `system`. */
export type Measure = {
  readonly code: string;
  readonly unit: string | undefined;
  readonly display: string | undefined;
};

export function measureOf(column: CsvColumn): Measure | undefined {
  const settings = new Map((column.format ?? '').split(';').map((one) => splitOnce(one)));
  const code = settings.get('code');
  return code === undefined ? undefined : { code, unit: settings.get('unit'), display: settings.get('display') };
}

function splitOnce(setting: string): readonly [string, string] {
  const at = setting.indexOf('=');
  return at === -1 ? [setting.trim(), ''] : [setting.slice(0, at).trim(), setting.slice(at + 1).trim()];
}

/** Columns of a map that cannot be used: an unknown target, or an Observation without a code. */
export function mapTroubles(map: CsvMap): readonly string[] {
  return Object.entries(map.columns).flatMap(([name, column]) => {
    const target = targetOf(column);
    if (target === undefined) return [`column ${name}: ${column.to} is not a target`];
    return target.kind === 'observation' && measureOf(column) === undefined
      ? [`column ${name}: format lacks code=`]
      : [];
  });
}
