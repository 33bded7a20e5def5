// Paths as text, as the generated table keeps them: `telecom*{system=email}:ContactPoint`, steps separated by spaces.          (pure)
import type { Keep, Path, Step } from './types.ts';

const STEP = /^([A-Za-z]\w*)(\*?)(?:\{(.*)\})?$/;

export function writePath({ steps, type, system, asExists }: Path): string {
  const walked = steps.map(writeStep).join(' ');
  return `${walked}:${type}${asExists ? '!' : ''}${system === undefined ? '' : ` @${system}`}`;
}

export function readPath(text: string): Path {
  const [path = '', system] = text.split(' @');
  const colon = path.lastIndexOf(':');
  const type = path.slice(colon + 1);
  const steps = path.slice(0, colon);
  return {
    steps: steps === '' ? [] : steps.split(' ').map(readStep),
    type: type.replace('!', ''),
    system,
    asExists: type.endsWith('!'),
  };
}

function writeStep({ name, isList, keep }: Step): string {
  return `${name}${isList ? '*' : ''}${keep === undefined ? '' : `{${writeKeep(keep)}}`}`;
}

function writeKeep(keep: Keep): string {
  if (keep.kind === 'equals') return `${keep.name}=${keep.value}`;
  if (keep.kind === 'resolves') return `>${keep.type}`;
  return keep.kind === 'first' ? '0' : `+${keep.url}`;
}

function readStep(text: string): Step {
  const [, name = '', star, keep] = STEP.exec(text) ?? [];
  return { name, isList: star === '*', keep: keep === undefined ? undefined : readKeep(keep) };
}

function readKeep(text: string): Keep {
  if (text === '0') return { kind: 'first' };
  if (text.startsWith('>')) return { kind: 'resolves', type: text.slice(1) };
  if (text.startsWith('+')) return { kind: 'extension', url: text.slice(1) };
  const at = text.indexOf('=');
  return { kind: 'equals', name: text.slice(0, at), value: text.slice(at + 1) };
}
