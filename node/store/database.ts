import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Level } from "level";
import { SolventError } from "../../protocol/errors";

/** Raised when the layout of keys or values changes; an older database is refused, never migrated in place. */
export const SCHEMA_VERSION = 1;

const SCHEMA_KEY = Buffer.from("!schema");
const REBUILD_HINT =
  "everything in it can be rebuilt from L1: stop the process, delete that folder and start again (a sequencer first keeps " +
  "a copy, because transactions it confirmed but had not posted are only there)";

/** A point in time of the database; reads given to it never see later writes. Close it, or it pins old data on disk. */
export interface Snapshot {
  close(): Promise<void>;
}

type Operation = { type: "put"; key: Buffer; value: Buffer } | { type: "del"; key: Buffer };

/** Writes gathered to be applied at once by `Database.commit`: all of them or, after a crash, none. */
export class WriteBatch {
  readonly operations: Operation[] = [];

  put(key: Buffer, value: Uint8Array): this {
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.operations.push({ type: "put", key, value: bytes });
    return this;
  }

  del(key: Buffer): this {
    this.operations.push({ type: "del", key });
    return this;
  }
}

type Db = Level<Buffer, Buffer>;

const CACHE_BYTES = 16 << 20;
/** Databases that this process has open: LevelDB's lock keeps out others only, because threads share a database. */
const open = new Set<string>();

/**
 * LevelDB behind the few calls the store needs: synchronous reads, atomic batches, snapshots.
 * One process at a time; a second one is refused with `store-locked`.
 */
export class Database {
  private constructor(
    private readonly db: Db,
    readonly path: string,
  ) {}

  /**
   * Opens or creates the database.
   * @param identity - what the data belongs to (chain id, genesis, contracts); data of something else is refused.
   * @throws SolventError `store-locked`, `store-corrupted`, `store-schema`, `store-identity` or `store-unavailable`.
   */
  static async open(dataDir: string, identity: string): Promise<Database> {
    const path = join(dataDir, "db");
    let existed: boolean;
    try {
      mkdirSync(path, { recursive: true });
      existed = readdirSync(path).some((name) => /\.(ldb|log)$|^MANIFEST/.test(name));
      if (existed && !existsSync(join(path, "CURRENT"))) throw corrupted(path, "its file CURRENT is missing");
    } catch (cause) {
      if (cause instanceof SolventError) throw cause;
      throw new SolventError("store-unavailable", `cannot create the data folder ${path}: ${text(cause)}`, { cause });
    }
    if (open.has(resolve(path))) throw locked(path);
    open.add(resolve(path));
    const database = new Database(await openLevel(path, true), path);
    try {
      await database.checkIdentity(identity, existed);
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  /** Opens in another thread what the main thread has open, to read it. Close it before the main thread does. */
  static async share(path: string): Promise<Database> {
    return new Database(await openLevel(path, false), path);
  }

  private async checkIdentity(identity: string, existed: boolean): Promise<void> {
    const stored = this.get(SCHEMA_KEY);
    const expected = JSON.stringify({ version: SCHEMA_VERSION, identity });
    if (stored === undefined) {
      const isEmpty = (await this.db.keys({ limit: 1 }).all()).length === 0;
      if (existed && !isEmpty) throw corrupted(this.path, "its schema record is missing");
      await this.commit(new WriteBatch().put(SCHEMA_KEY, Buffer.from(expected)), true);
      return;
    }
    let found: { version: number; identity: string };
    try {
      found = JSON.parse(stored.toString()) as typeof found;
    } catch {
      throw corrupted(this.path, "its schema record is unreadable");
    }
    if (found.version !== SCHEMA_VERSION)
      throw new SolventError(
        "store-schema",
        `the database at ${this.path} has schema ${found.version}, this program needs ${SCHEMA_VERSION}; ${REBUILD_HINT}`,
      );
    if (found.identity !== identity)
      throw new SolventError(
        "store-identity",
        `the database at ${this.path} belongs to ${found.identity}, not to ${identity}; choose another data folder`,
      );
  }

  /** @throws SolventError `store-corrupted` when LevelDB's checksums fail. */
  get(key: Buffer, snapshot?: Snapshot): Buffer | undefined {
    try {
      return this.db.getSync(key, snapshot === undefined ? {} : { snapshot: snapshot as never });
    } catch (cause) {
      throw readError(this.path, cause);
    }
  }

  /** Keys and values with `from <= key < to`, in order or, reversed, the last first; at most `limit` of them. */
  async range(
    from: Buffer,
    to: Buffer,
    snapshot?: Snapshot,
    page: { limit?: number; reverse?: boolean } = {},
  ): Promise<[Buffer, Buffer][]> {
    try {
      const at = snapshot === undefined ? {} : { snapshot: snapshot as never };
      return await this.db.iterator({ gte: from, lt: to, ...at, ...page }).all();
    } catch (cause) {
      throw readError(this.path, cause);
    }
  }

  /**
   * Applies the batch atomically.
   * @param sync - true returns only when the disk has it (survives power loss; without it a kill -9 is survived all the same).
   */
  async commit(batch: WriteBatch, sync: boolean): Promise<void> {
    if (batch.operations.length === 0) return;
    try {
      await this.db.batch(batch.operations, { sync });
    } catch (cause) {
      throw writeError(this.path, cause);
    }
  }

  snapshot(): Snapshot {
    return this.db.snapshot();
  }

  async close(): Promise<void> {
    await this.db.close();
    open.delete(resolve(this.path));
  }
}

async function openLevel(path: string, createIfMissing: boolean): Promise<Db> {
  const encodings = { keyEncoding: "buffer", valueEncoding: "buffer" };
  const db: Db = new Level(path, { ...encodings, createIfMissing, cacheSize: CACHE_BYTES, multithreading: true });
  try {
    await db.open();
    return db;
  } catch (cause) {
    open.delete(resolve(path));
    throw openError(path, cause);
  }
}

function locked(path: string, cause?: unknown): SolventError {
  return new SolventError("store-locked", `the database at ${path} is in use by another process`, { cause });
}

function openError(path: string, cause: unknown): SolventError {
  const inner = (cause as { cause?: { code?: string; message?: string } }).cause;
  const detail = inner?.message ?? text(cause);
  if (inner?.code === "LEVEL_LOCKED" || /lock/i.test(detail)) return locked(path, cause);
  if (
    inner?.code === "LEVEL_CORRUPTION" ||
    /corrupt|checksum|missing files|bad record|CURRENT|no such file/i.test(detail)
  )
    return corrupted(path, detail, cause);
  return new SolventError("store-unavailable", `cannot open the database at ${path}: ${detail}`, { cause });
}

function readError(path: string, cause: unknown): SolventError {
  const code = (cause as { code?: string }).code;
  if (code === "LEVEL_DATABASE_NOT_OPEN") return new SolventError("store-closed", `the database at ${path} is closed`);
  return corrupted(path, text(cause), cause);
}

function writeError(path: string, cause: unknown): SolventError {
  const code = (cause as { code?: string }).code;
  if (code === "LEVEL_DATABASE_NOT_OPEN") return new SolventError("store-closed", `the database at ${path} is closed`);
  if (code === "LEVEL_CORRUPTION") return corrupted(path, text(cause), cause);
  return new SolventError(
    "store-write",
    `cannot write to the database at ${path}: ${text(cause)}; is the disk full? Nothing of this write was kept; free space and restart`,
    { cause },
  );
}

/** The error for data that cannot be trusted, with the way out. */
export function corrupted(path: string, detail: string, cause?: unknown): SolventError {
  return new SolventError("store-corrupted", `the database at ${path} is corrupted (${detail}); ${REBUILD_HINT}`, {
    cause,
  });
}

function text(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
