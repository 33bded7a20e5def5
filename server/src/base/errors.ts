// The three kinds of bad news. Refused is data (returned as issues); Failed is the world's fault; Broken is ours.

/** The world's fault: thrown with a stable code, retried by the shell. */
export class Failed extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failed';
    this.code = code;
  }
}

/** A request we decline for a reason its sender can act on; the edge turns `code` into a status. */
export class Refused extends Error {
  readonly code: string;
  /** Where: a parameter name, a FHIRPath or an HL7 position. */
  readonly where: string | undefined;
  constructor(code: string, message: string, where?: string) {
    super(message);
    this.name = 'Refused';
    this.code = code;
    this.where = where;
  }
}

/** Our fault: stops the unit of work and opens an incident. */
export class Broken extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Broken';
  }
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Broken(message);
}

/** Ends a switch over a union: adding a state fails compilation here. */
export function unreachable(value: never): never {
  throw new Broken(`unreachable case: ${JSON.stringify(value)}`);
}
