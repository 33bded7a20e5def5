// What conflicts about things that rest on something withdrawn are called: `Withdrawn:Observation/1`.
export const WITHDRAWN = 'Withdrawn';

/** The name of what was withdrawn, for the element of such a conflict. */
export function restsOn(element: string | undefined): string | undefined {
  return element?.startsWith(`${WITHDRAWN}:`) === true ? element.slice(WITHDRAWN.length + 1) : undefined;
}
