// How long cases have waited, as a filter: the words of the form, of the address, and the seconds that the server is asked for. Pure.

export const AGES = [
  { key: '4h', text: '4 hours or more', seconds: 14_400 },
  { key: '1d', text: 'a day or more', seconds: 86_400 },
  { key: '7d', text: 'a week or more', seconds: 604_800 },
  { key: '30d', text: '30 days or more', seconds: 2_592_000 },
] as const;

/** Past the time that the policy gives, whatever that is. */
export const OVERDUE = { key: 'overdue', text: 'longer than allowed' } as const;

/** An age that we do not know (an address typed by hand) filters nothing. */
export function secondsOf(key: string | undefined): number | undefined {
  return AGES.find((age) => age.key === key)?.seconds;
}
