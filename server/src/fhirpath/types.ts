// The words of the FHIRPath language: its syntax tree, its nodes, what an evaluation is given, and its errors.
import type { Json, JsonObject } from '../base/json.ts';

/** Where in the expression text: offset in code units, line and column from 1. */
export type Position = { readonly offset: number; readonly line: number; readonly column: number };

export type SystemType =
  | 'System.Boolean'
  | 'System.String'
  | 'System.Integer'
  | 'System.Decimal'
  | 'System.Date'
  | 'System.DateTime'
  | 'System.Time'
  | 'System.Quantity';

export type TypeName = { readonly namespace: string | undefined; readonly name: string };

export type Ast =
  | { readonly kind: 'empty'; readonly at: Position }
  | { readonly kind: 'literal'; readonly type: SystemType; readonly value: Json; readonly at: Position }
  | { readonly kind: 'variable'; readonly name: string; readonly at: Position }
  | { readonly kind: 'special'; readonly name: '$this' | '$index' | '$total'; readonly at: Position }
  | { readonly kind: 'member'; readonly on: Ast | undefined; readonly name: string; readonly at: Position }
  | {
      readonly kind: 'call';
      readonly on: Ast | undefined;
      readonly name: string;
      readonly parameters: readonly Ast[];
      readonly at: Position;
    }
  | { readonly kind: 'index'; readonly on: Ast; readonly index: Ast; readonly at: Position }
  | { readonly kind: 'sign'; readonly sign: '+' | '-'; readonly operand: Ast; readonly at: Position }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Ast;
      readonly right: Ast;
      readonly at: Position;
    }
  | {
      readonly kind: 'type';
      readonly operator: 'is' | 'as';
      readonly on: Ast;
      readonly type: TypeName;
      readonly at: Position;
    };

export type BinaryOperator =
  | '*'
  | '/'
  | 'div'
  | 'mod'
  | '+'
  | '-'
  | '&'
  | '|'
  | '<'
  | '<='
  | '>'
  | '>='
  | '='
  | '~'
  | '!='
  | '!~'
  | 'in'
  | 'contains'
  | 'and'
  | 'or'
  | 'xor'
  | 'implies';

/**
 * One item of a collection. `value` is what the JSON has there (undefined for a primitive that has only extensions); dates and
 * times are their text; a System.Quantity is `{ value, unit }`. `companion` is the `_name` sibling of a primitive.
 * `type` is a FHIR type (`HumanName`, `Patient.contact`, `code`) or `System.*`. The rest tells the place; compiled with mode
 * 'located' only.
 */
export type Node = {
  readonly value: Json | undefined;
  readonly companion: Json | undefined;
  readonly type: string;
  readonly parent: Node | undefined;
  /** The JSON property it was read from (`valueQuantity`); the type for a root. */
  readonly name: string | undefined;
  /** Place in a list; -1 outside one. */
  readonly index: number;
};

/** A quantity in the base units of its dimension; two quantities compare when `unit` is the same. */
export type CanonicalQuantity = { readonly value: Json; readonly unit: string };

/** What the world lends to an evaluation. Everything is optional; an expression that needs what is missing throws `missing-context`. */
export type Context = {
  /** `%resource`: the resource that holds the focus. Default: the focus, where that is a resource. */
  readonly resource?: JsonObject | undefined;
  /** `%rootResource`: the container of a contained resource. Default: `resource`. */
  readonly rootResource?: JsonObject | undefined;
  /** Other `%names`: a JSON value (string, boolean, number, resource) or nodes. */
  readonly variables?: { readonly [name: string]: Json | readonly Node[] | undefined } | undefined;
  /** The instant of `now()`, `today()` and `timeOfDay()`, such as `2026-11-22T20:00:00.000Z`. */
  readonly now?: string | undefined;
  /** Minutes east of UTC that a dateTime without a zone is taken to be in. Without it, such a one is not compared with one that has a zone. */
  readonly zoneMinutes?: number | undefined;
  /** The resource a reference means. Contained ones of `%resource` and `%rootResource` are found without it. */
  readonly resolve?: ((reference: string) => JsonObject | undefined) | undefined;
  /** Whether a code, Coding or CodeableConcept is in a value set; undefined when nobody knows. */
  readonly memberOf?: ((node: Node, valueSet: string) => boolean | undefined) | undefined;
  readonly subsumes?: ((broad: Node, narrow: Node) => boolean | undefined) | undefined;
  readonly conformsTo?: ((node: Node, profile: string) => boolean | undefined) | undefined;
  /** Whether an XHTML text is safe and well-formed. */
  readonly htmlChecks?: ((xhtml: string) => boolean) | undefined;
  /** A UCUM quantity in canonical units; undefined for an unknown unit. Without it only equal units compare. */
  readonly canonical?: ((value: Json, code: string) => CanonicalQuantity | undefined) | undefined;
  readonly trace?: ((name: string, nodes: readonly Node[]) => void) | undefined;
};

export type FhirPathErrorCode =
  /** Not FHIRPath. */
  | 'syntax'
  /** A type or, in strict mode, an element that the model does not have; wrong number of arguments. */
  | 'semantic'
  /** Valid, but the compiler cannot do it: `explainUnsupported` names these. */
  | 'unsupported'
  /** Several items where one is due. */
  | 'singleton'
  /** An operand of a wrong type. */
  | 'operand'
  /** The context lacks a function that the expression calls. */
  | 'missing-context'
  /** Too long, too deep, too many items. */
  | 'limit';

/** Carries no content of a resource: messages speak of the expression alone. */
export class FhirPathError extends Error {
  override readonly name = 'FhirPathError';
  readonly code: FhirPathErrorCode;
  /** Undefined at run time. */
  readonly at: Position | undefined;

  constructor(code: FhirPathErrorCode, message: string, at?: Position) {
    super(at === undefined ? message : `${message} (line ${at.line}, column ${at.column})`);
    this.code = code;
    this.at = at;
  }
}
