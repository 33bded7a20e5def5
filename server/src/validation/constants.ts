// What the generated checks hold on to: code sets, reference targets and rules, each by its place in one list.
import { type CodeSet, codeSetOf } from '../fhir/code-sets.ts';
import type { ElementDefinition } from '../fhir/definitions.ts';
import { baseLibrary, type Library } from '../fhir/library.ts';
import type { Binding } from '../fhir/structures.ts';
import { type Bound, boundTo } from './bindings.ts';
import { type Invariant, invariantsOfElement, invariantsOfType } from './invariants.ts';

export type Constants = {
  readonly values: readonly unknown[];
  readonly add: (value: unknown) => string;
  readonly targets: (targets: readonly string[] | undefined) => string;
  readonly boundCode: (element: ElementDefinition) => string | undefined;
  readonly boundConcept: (element: ElementDefinition, type: string) => string | undefined;
  readonly extensibleCode: (element: ElementDefinition) => string | undefined;
  readonly extensibleConcept: (element: ElementDefinition, type: string) => string | undefined;
  readonly ofType: (path: string) => readonly Invariant[];
  readonly ofElement: (element: ElementDefinition, type: string) => readonly Invariant[];
};

const MAX_VALUE_SET = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';
const CODES: ReadonlySet<string> = new Set(['code', 'string', 'uri', 'canonical', 'url']);

/** Expressions such as `K[3]`, for generated code that has the list as `K`. */
export function constantsFor(): Constants {
  const values: unknown[] = [];
  const add = (value: unknown) => `K[${values.push(value) - 1}]`;
  const bound = (given: Binding | undefined, strength: string): string | undefined => {
    const binding = strength === 'required' ? (largest(given) ?? given) : given;
    const made = binding?.strength === strength ? boundOf(baseLibrary(), binding) : undefined;
    return made === undefined ? undefined : add(made);
  };
  const isConcept = (type: string) => type === 'CodeableConcept' || type === 'Coding';
  const isCode = (element: ElementDefinition) => element.types.some(({ type }) => CODES.has(type));
  return {
    values,
    add,
    targets: (targets) => (targets === undefined ? 'undefined' : add(new Set(targets))),
    boundCode: (element) => (isCode(element) ? bound(element.binding, 'required') : undefined),
    extensibleCode: (element) =>
      isCode(element) && !element.isList ? bound(element.binding, 'extensible') : undefined,
    boundConcept: ({ binding }, type) =>
      isConcept(type) && binding?.strength === 'required' ? bound(binding, 'required') : undefined,
    extensibleConcept: ({ binding }, type) => (isConcept(type) ? bound(binding, 'extensible') : undefined),
    ofType: invariantsOfType,
    ofElement: invariantsOfElement,
  };
}

/** A looser binding may name the largest set that its codes must come from. */
function largest(binding: Binding | undefined): Binding | undefined {
  const valueSet = binding?.extension?.find(({ url }) => url === MAX_VALUE_SET)?.valueCanonical;
  return valueSet === undefined || binding?.strength === 'required' ? undefined : { strength: 'required', valueSet };
}

export function boundOf(library: Library, { strength, valueSet }: Binding): Bound | undefined {
  if (valueSet === undefined) return undefined;
  const set: CodeSet | undefined = codeSetOf(library, valueSet);
  return boundTo(valueSet, strength, set);
}
