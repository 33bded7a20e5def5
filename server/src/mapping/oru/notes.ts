// NTE to Annotation. Lines that follow one another without a change of author are one comment, as a person would read them.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, ignore } from '../context.ts';
import { collect, partOf, readText, readTime, some, staffDisplay } from '../datatypes/index.ts';
import { leaf, type Node } from '../sourced.ts';
import { repetitionsOf, type Unit } from '../unit.ts';
import { fieldPart } from './keys.ts';

/** Annotations of consecutive NTEs; undefined when none of them says anything. */
export function readNotes(context: Context, segments: readonly Segment[]): readonly Node[] | undefined {
  const runs: Segment[][] = [];
  for (const nte of segments) {
    setAside(context, nte);
    const last = runs.at(-1);
    if (last !== undefined && !isSigned(nte)) last.push(nte);
    else runs.push([nte]);
  }
  return some(collect(runs, (run) => readRun(context, run)));
}

function setAside(context: Context, nte: Segment): void {
  ignore(context, 'set-id', nte, { fields: [1] });
  ignore(context, 'note-source', nte, { fields: [2] });
}

function isSigned(nte: Segment): boolean {
  return fieldPart(nte, 5).units().length > 0 || fieldPart(nte, 6).text !== '';
}

function readRun(context: Context, run: readonly Segment[]): Node | undefined {
  const text = readLines(run, 3);
  const [first] = run;
  if (text === undefined || first === undefined) return undefined;
  const author = fieldPart(first, 5);
  const name = staffDisplay(author) || author.at(1).text;
  return {
    authorString: name === '' ? undefined : leaf(name, ...author.units()),
    time: readTime(context, fieldPart(first, 6)),
    text,
  };
}

/** Text of one field over several segments: a line for each repetition, and an empty line for an empty segment between others. */
export function readLines(segments: readonly Segment[], field: number): ReturnType<typeof leaf> | undefined {
  const units: Unit[] = [];
  const lines = segments.flatMap((segment): readonly string[] => {
    const texts = repetitionsOf(segment, field).map((at) => {
      const line = readText(partOf(at));
      units.push(...(line?.from ?? []));
      return typeof line?.value === 'string' ? line.value : '';
    });
    return texts.length === 0 ? [''] : texts;
  });
  const text = lines.join('\n').replace(/^\n+|\s+$/g, '');
  return text === '' ? undefined : leaf(text, ...units);
}
