// The doors and sources of the demo: what `npm start` opens when it is told nothing else.
import path from 'node:path';
import type { Config } from '../../operate/config.ts';
import { SOURCES } from '../../testkit/morning/index.ts';

/** First port for MLLP; each source that speaks HL7 v2 gets the next one. 0 picks free ones. */
export function demoConfig(data: string, mllpPort: number): Config {
  const speakers = SOURCES.filter((setup) => setup.ackPolicy !== undefined);
  return {
    sources: SOURCES.map((setup) => setup.source),
    mllp: speakers.map((setup, index) => ({
      host: '127.0.0.1',
      port: mllpPort === 0 ? 0 : mllpPort + index,
      source: setup.source.key,
      ack: setup.ackPolicy ?? {},
    })),
    folders: SOURCES.flatMap((setup) =>
      setup.folder === undefined || setup.ackPolicy !== undefined
        ? []
        : [{ path: path.join(data, 'folders', setup.folder), source: setup.source.key }],
    ),
  };
}
