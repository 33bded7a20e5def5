// Equality of JSON values as RFC 6902, section 4.6, defines it: numbers by value, however they are written.                   (pure)
import { isObject, isRawJson, type Json } from '../base/json.ts';
import { isList } from './pointer.ts';

export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  const numberA = numberText(a);
  if (numberA !== undefined) {
    const numberB = numberText(b);
    return numberB !== undefined && plain(numberA) === plain(numberB);
  }
  if (isList(a)) return isList(b) && a.length === b.length && a.every((each, place) => sameJson(each, b[place]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
  );
}

function numberText(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return isRawJson(value) ? value.rawJSON : undefined;
}

/** Sign, digits without zeros at either end, and the power of ten: one text for one number, at any precision. */
function plain(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return '0';
  return `${sign}${digits}e${BigInt(exponent) + BigInt(all.length - digits.length - fraction.length)}`;
}
