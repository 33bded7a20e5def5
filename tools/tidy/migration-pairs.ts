// Every migration has its way back, and numbers have no gaps.
import type { Finding, Rule } from './types.ts';

const FOLDER = 'server/sql/';
const NAME = /^(\d{4})_[a-z0-9_]+\.(up|down)\.sql$/;

export const migrationPairs: Rule = {
  name: 'migration-pairs',
  check: ({ files }) => {
    const names = files.filter((file) => file.path.startsWith(FOLDER)).map((file) => file.path.slice(FOLDER.length));
    const wrong = names
      .filter((name) => !NAME.test(name))
      .map((name) => finding(name, 'is not NNNN_name.up.sql or .down.sql'));
    const half = names
      .filter((name) => NAME.test(name) && !names.includes(otherWay(name)))
      .map((name) => finding(name, `has no ${otherWay(name)}`));
    return [...wrong, ...half, ...gaps(names)];
  },
};

function otherWay(name: string): string {
  return name.endsWith('.up.sql') ? name.replace(/\.up\.sql$/, '.down.sql') : name.replace(/\.down\.sql$/, '.up.sql');
}

function gaps(names: readonly string[]): readonly Finding[] {
  const numbers = [...new Set(names.flatMap((name) => NAME.exec(name)?.[1] ?? []))].map(Number).sort((a, b) => a - b);
  return numbers
    .flatMap((number, index) =>
      number === index + 1 ? [] : [finding(String(number).padStart(4, '0'), `leaves a gap: ${index + 1} is missing`)],
    )
    .slice(0, 1);
}

function finding(name: string, message: string): Finding {
  return { path: `${FOLDER}${name}`, line: 1, message };
}
