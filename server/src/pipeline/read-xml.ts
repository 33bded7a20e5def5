// A receipt in FHIR XML, mapped as the JSON that says the same. Its bytes stay XML, so an origin is the document as a whole:  (pure)
// places within the JSON would be places of bytes that nobody sent.
import { Refused } from '../base/errors.ts';
import { jsonFromXml } from '../fhir-xml/index.ts';
import type { Span } from '../hl7v2/types.ts';
import { map } from '../mapping/index.ts';
import type { Format, MappingInput, MappingResult } from '../mapping/types.ts';
import { reservedReference } from './reserved-references.ts';

type Input = Omit<MappingInput, 'format'>;

/** Maps a receipt of any format. Never throws for what the data does wrong. */
export function mapReceipt({ format, ...input }: Input & { readonly format: Format }): MappingResult {
  return format === 'fhir-xml' ? mapXml(input) : map({ ...input, format });
}

function mapXml(input: Input): MappingResult {
  const whole = { start: 0, end: input.bytes.length };
  let json: string;
  try {
    json = jsonFromXml(Buffer.from(input.bytes).toString('utf8'));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return unusable(error, whole);
  }
  const bytes = Buffer.from(json);
  const reserved = reservedReference(bytes, 'fhir-json');
  if (reserved !== undefined) return unusable({ ...reserved, where: reserved.position }, whole);
  return placed(map({ ...input, format: 'fhir-json', bytes }), whole);
}

function placed(result: MappingResult, span: Span): MappingResult {
  const issues = result.issues.map((issue) => ({ ...issue, span }));
  const loss = { ...result.loss, entries: result.loss.entries.map((entry) => ({ ...entry, span })) };
  if (result.outcome !== 'mapped') return { ...result, issues, loss };
  const statements = result.statements.map((statement) => ({
    ...statement,
    origins: statement.origins.map((origin) => ({ ...origin, span })),
  }));
  return { ...result, statements, issues, loss };
}

type Reason = { readonly code: string; readonly message: string; readonly where?: string | undefined };

function unusable({ code: reason, message, where: expression }: Reason, span: Span): MappingResult {
  return {
    outcome: 'refused',
    issues: [{ severity: 'error', code: 'structure', reason, message, expression, span }],
    loss: {
      ...{ populated: 1, mapped: 0, ignored: 0, unmapped: 1 },
      entries: [{ position: 'document', disposition: 'unmapped', by: undefined, span }],
    },
  };
}
