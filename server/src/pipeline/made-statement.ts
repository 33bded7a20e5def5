// A statement as the plan makes it. Its resource is read when it is first looked into, which for most that is said again never happens.
import type { Home, Instant, ReceiptId, ResourceId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { PlannedStatement, PreparedDraft, Receipt } from './types.ts';

/** What the plan adds to the draft that a statement is made of. `read` gives the resource that `text` is the text of. */
type Settled = {
  readonly id: StatementId;
  readonly resourceId: ResourceId;
  readonly subject: SubjectId | undefined;
  readonly home: Home;
  readonly saidAt: Instant;
  readonly text: string;
  readonly read: () => JsonObject;
};

/** A class, for there are many: an object with a getter of its own would take several times the memory. */
export class MadeStatement implements PlannedStatement {
  readonly id: StatementId;
  readonly receipt: ReceiptId;
  readonly source: SourceKey;
  readonly subject: SubjectId | undefined;
  readonly resourceType: string;
  readonly resourceId: ResourceId;
  readonly saidAt: Instant;
  readonly receivedAt: Instant;
  readonly replaces: boolean;
  readonly text: string;
  readonly said: PreparedDraft['said'];
  readonly origins: string;
  readonly position: string | undefined;
  readonly home: Home;
  readonly #read: () => JsonObject;
  #known: JsonObject | undefined;

  constructor({ id: receipt, source, receivedAt }: Receipt, draft: PreparedDraft, settled: Settled) {
    this.id = settled.id;
    this.receipt = receipt;
    this.source = source;
    this.subject = settled.subject;
    this.resourceType = draft.resourceType;
    this.resourceId = settled.resourceId;
    this.saidAt = settled.saidAt;
    this.receivedAt = receivedAt;
    this.replaces = draft.replaces;
    this.text = settled.text;
    this.said = draft.said;
    this.origins = draft.origins;
    this.position = draft.position;
    this.home = settled.home;
    this.#read = settled.read;
  }

  get resource(): JsonObject {
    this.#known ??= this.#read();
    return this.#known;
  }
}
