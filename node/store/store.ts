import { Database, WriteBatch, type Snapshot } from "./database";
import { nameKey, tableRange, type Table } from "./keys";
import { LevelNodeStore } from "./nodeStore";

/**
 * Tables whose rows are replaced or deleted; what the others hold is addressed by its content, and only grows. What was signed (`promise`)
 * stays signed, whatever a devnet goes back to; where addresses occur follows the chain as it does after any reorg.
 */
const CHANGING: readonly Table[] = [
  ...(["canonical", "transaction", "meta", "l1Block", "batch", "message", "derived"] as const),
  ...(["outgoing", "posted", "blockBody", "pooled", "withdrawal"] as const),
];

/**
 * The database of one actor: tables, content-addressed nodes, and one writer at a time.
 * INVARIANT: nodes reach the disk no later than the first batch that refers to them, in the same atomic write.
 */
export class Store {
  readonly nodes: LevelNodeStore;
  private tail: Promise<unknown> = Promise.resolve();
  private failure: unknown;

  private constructor(readonly database: Database) {
    this.nodes = new LevelNodeStore(database);
  }

  /** @throws as `Database.open`. */
  static async open(dataDir: string, identity: string): Promise<Store> {
    return new Store(await Database.open(dataDir, identity));
  }

  /**
   * Writes everything that `fill` puts into the batch, and all pending nodes, atomically. Writes are applied in the order of calls.
   * After a failed write every later one fails too: what is in memory is then ahead of the disk, and the process has to restart.
   */
  async write(fill: (batch: WriteBatch) => void, options: { sync?: boolean } = {}): Promise<void> {
    const run = this.tail.then(async () => {
      if (this.failure !== undefined) throw this.failure;
      const batch = new WriteBatch();
      fill(batch);
      this.nodes.flushInto(batch);
      try {
        await this.database.commit(batch, options.sync ?? false);
        this.nodes.flushed();
      } catch (error) {
        this.failure = error;
        this.nodes.restore();
        throw error;
      }
    });
    this.tail = run.catch(() => undefined);
    return run;
  }

  get(key: Buffer, snapshot?: Snapshot): Buffer | undefined {
    return this.database.get(key, snapshot);
  }

  getJson<T>(name: string): T | undefined {
    const value = this.get(nameKey("meta", name));
    return value === undefined ? undefined : (JSON.parse(value.toString()) as T);
  }

  /** Remembers everything as it is written now, for `restore`; costs nothing until it is closed but the space of what is overwritten. */
  async mark(): Promise<Snapshot> {
    await this.tail;
    return this.database.snapshot();
  }

  /**
   * Makes every table what it was at a mark, in one write. What its owners hold in memory is theirs to read again.
   * @throws as `write`.
   */
  async restore(mark: Snapshot): Promise<void> {
    await this.tail;
    const changes = new WriteBatch();
    for (const table of CHANGING) {
      const [then, now] = await Promise.all(
        [mark, undefined].map((snapshot) => this.database.range(...tableRange(table), snapshot)),
      );
      const left = new Map(now.map(([key, value]) => [key.toString("latin1"), { key, value }]));
      for (const [key, value] of then) {
        const name = key.toString("latin1");
        if (left.get(name)?.value.equals(value) !== true) changes.put(key, value);
        left.delete(name);
      }
      for (const { key } of left.values()) changes.del(key);
    }
    await this.write((batch) => batch.operations.push(...changes.operations), { sync: true });
  }

  /** The write that failed, if one did. */
  get writeFailure(): unknown {
    return this.failure;
  }

  async close(): Promise<void> {
    await this.tail;
    await this.database.close();
  }
}

export function putJson(batch: WriteBatch, name: string, value: unknown): void {
  batch.put(nameKey("meta", name), Buffer.from(JSON.stringify(value)));
}
