// The watch behind the commits, and the verdicts it makes for whoever looks.

export { type Acted, actOnQuality } from './act-on-quality.ts';
export { judgeQuality, rulesOf } from './judge-quality.ts';
export { startWatching, type Watching, type WatchOptions } from './start-watching.ts';
export { trustsUnder } from './trusts-under.ts';
export { type Watched, watchedOf } from './watched-of.ts';
export { withdrawnBy } from './withdrawn-by.ts';
