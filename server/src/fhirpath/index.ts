// Public face of FHIRPath: parse, compile, and say where a node is.
export {
  type Compiled,
  type CompiledBoolean,
  type CompileOptions,
  compile,
  compileBoolean,
  explainUnsupported,
  sourceOf,
  type Unsupported,
} from './compile.ts';
export { type Fallback, fallbackBoolean, loadFallback } from './fallback.ts';
export { jsonPathOf, locationOf } from './node.ts';
export { parseExpression } from './parser.ts';
export {
  type Ast,
  type CanonicalQuantity,
  type Context,
  FhirPathError,
  type FhirPathErrorCode,
  type Node,
  type Position,
} from './types.ts';
