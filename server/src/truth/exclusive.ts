// Elements of which a person can have only one, so that two different values can never both be right.

const WHY: { readonly [element: string]: string } = {
  birthDate: 'A person was born on one day',
  gender: 'The record holds one administrative gender at a time',
  'deceased[x]': 'Somebody is alive or dead, and dies once',
  'multipleBirth[x]': 'A person was born once',
  active: 'A record is in use or it is not',
};

/** Why two values cannot stand beside each other; undefined where they can. */
export function exclusiveWhy(element: string): string | undefined {
  return WHY[element];
}
