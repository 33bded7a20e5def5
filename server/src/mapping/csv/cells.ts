// CSV text into rows of cells that know where they stand. RFC 4180, and what is met beside it: bare LF, blanks around quotes, a
// quote inside an unquoted cell. A library would lose the positions, which are what an explanation points at.

/** `start` and `end` are string indexes of the cell as written, quotes included. */
export type Cell = { readonly text: string; readonly start: number; readonly end: number };
/** `line` counts lines of the file, from 1; a quoted cell may span several. */
export type Row = {
  readonly cells: readonly Cell[];
  readonly line: number;
  readonly defect: 'quote-not-closed' | undefined;
};

/** Rows of the text, empty lines left out. A quote that is never closed swallows the rest, and its row says so. */
export function* readRows(text: string, delimiter: string): Generator<Row> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const row = readRow(text, at, delimiter);
    const only = row.cells.length === 1 ? row.cells[0] : undefined;
    if (only === undefined || only.text.trim() !== '') yield { cells: row.cells, line, defect: row.defect };
    line += newlinesIn(text, at, row.next);
    at = row.next;
  }
}

type Read = { readonly cells: readonly Cell[]; readonly next: number; readonly defect: Row['defect'] };

function readRow(text: string, from: number, delimiter: string): Read {
  const cells: Cell[] = [];
  let at = from;
  for (;;) {
    const cell = readCell(text, at, delimiter);
    if (cell === undefined) {
      cells.push({ text: text.slice(at), start: at, end: text.length });
      return { cells, next: text.length, defect: 'quote-not-closed' };
    }
    cells.push(cell);
    at = cell.end;
    if (!text.startsWith(delimiter, at)) break;
    at += delimiter.length;
  }
  if (text[at] === '\r') at++;
  if (text[at] === '\n') at++;
  return { cells, next: at, defect: undefined };
}

/** Undefined when a quote opens and never closes. */
function readCell(text: string, start: number, delimiter: string): Cell | undefined {
  let open = start;
  while (text[open] === ' ') open++;
  if (text[open] !== '"') return plainCell(text, start, delimiter);
  let value = '';
  let at = open + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return undefined;
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      at = quote + 1;
      break;
    }
    value += '"';
    at = quote + 2;
  }
  // What follows the closing quote up to the delimiter is blanks in good files, and belongs to the cell in others.
  const rest = plainCell(text, at, delimiter);
  return { text: value + rest.text.trimEnd(), start, end: rest.end };
}

function plainCell(text: string, start: number, delimiter: string): Cell {
  let end = start;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r' && !text.startsWith(delimiter, end)) end++;
  return { text: text.slice(start, end), start, end };
}

function newlinesIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count++;
  // Old files end lines with CR alone.
  return count > 0 || text[to - 1] !== '\r' ? count : 1;
}
