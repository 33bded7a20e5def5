// Reads tar archives (POSIX ustar, with the long names of pax and GNU), as FHIR packages are made.                            (pure)

export type ArchivedFile = { readonly name: string; readonly bytes: Uint8Array };

const BLOCK = 512;
const TEXT = new TextDecoder();

/** The regular files of an archive in order. Throws RangeError when the archive is cut off. */
export function* filesOfTar(archive: Uint8Array): Generator<ArchivedFile> {
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header[0] === 0) return;
    const size = Number.parseInt(textAt(header, 124, 12), 8) || 0;
    const start = at + BLOCK;
    if (start + size > archive.length) throw new RangeError('the archive is cut off');
    const bytes = archive.subarray(start, start + size);
    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === 'x') longName = paxName(bytes) ?? longName;
    else if (kind === 'L') longName = textAt(bytes, 0, size);
    else {
      if (kind === '0' || kind === '\0') yield { name: longName ?? shortName(header), bytes };
      longName = undefined;
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function shortName(header: Uint8Array): string {
  const prefix = textAt(header, 257, 5) === 'ustar' ? textAt(header, 345, 155) : '';
  const name = textAt(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Text up to the first NUL. */
function textAt(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return TEXT.decode(end === -1 ? field : field.subarray(0, end)).trim();
}

// A pax record is `LENGTH key=value\n`.
function paxName(bytes: Uint8Array): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]+)/.exec(TEXT.decode(bytes))?.[1];
}
