// The moment that a record is looked at: now, or as of a ledger size. Everything on the page that asks the server asks for this one.
import { createContext, useContext } from 'react';

/** Without `asOf`: now. */
export type Moment = { readonly asOf?: number };

export const NOW: Moment = {};
export const MomentContext = createContext<Moment>(NOW);

export function useMoment(): Moment {
  return useContext(MomentContext);
}

/** The same question of the FHIR API, as of then. */
export function asOfThen(path: string, { asOf }: Moment): string {
  return asOf === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}_asOf=${asOf}`;
}
