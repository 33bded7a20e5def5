// The newest versions of resources, those asked for at the same time in one query: a read by id is the commonest request there is.
import type { Db } from '../base/db.ts';
import { VERSION } from './reader.ts';
import type { StoredVersion } from './types.ts';

export type Named = { readonly type: string; readonly id: string };
/** The newest version of a resource; of a patient, that of the person its id leads to now. */
export type ReadCurrent = (named: Named) => Promise<StoredVersion | undefined>;

/** Of a patient, the id that led to it is given too, for it may be another's. */
const CURRENT = `select asked.n, found.* from unnest($1::text[], $2::text[]) with ordinality as asked (type, id, n) cross join lateral (
    select ${VERSION} from version
    where type = asked.type and id = case asked.type when 'Patient' then coalesce((select person from subject where subject.id = asked.id), asked.id) else asked.id end
    order by version desc limit 1) as found`;
/** While one query is answered the next is gathered; a second under way keeps the database busy meanwhile. */
const UNDER_WAY_MAX = 2;
const TOGETHER_MAX = 200;

type Asked = Named & {
  readonly resolve: (version: StoredVersion | undefined) => void;
  readonly reject: (error: unknown) => void;
};

/** What is asked sees every commit that was answered before it was asked: a query takes only what came before it was sent. */
export function createCurrentReader(db: Db): ReadCurrent {
  const waiting: Asked[] = [];
  let underWay = 0;
  let isCalled = false;
  const send = (): void => {
    isCalled = false;
    while (waiting.length > 0 && underWay < UNDER_WAY_MAX) {
      underWay += 1;
      answer(db, waiting.splice(0, TOGETHER_MAX)).finally(() => {
        underWay -= 1;
        if (waiting.length > 0) send();
      });
    }
  };
  return (named) =>
    new Promise((resolve, reject) => {
      waiting.push({ ...named, resolve, reject });
      // Requests that the same turn of the loop reads from the network go together.
      if (isCalled || underWay === UNDER_WAY_MAX) return;
      isCalled = true;
      setImmediate(send);
    });
}

/** Never rejects: whoever asked hears of it. */
async function answer(db: Db, asked: readonly Asked[]): Promise<void> {
  try {
    const { rows } = await db.query<StoredVersion & { n: number }>(
      CURRENT,
      [asked.map((one) => one.type), asked.map((one) => one.id)],
      { prepared: true },
    );
    const found = new Map(rows.map(({ n, ...version }) => [n, version]));
    for (const [place, one] of asked.entries()) one.resolve(found.get(place + 1));
  } catch (error) {
    for (const one of asked) one.reject(error);
  }
}
