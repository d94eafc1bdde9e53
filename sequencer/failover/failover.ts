import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import { Gauge } from "prom-client";
import type { NodeCore } from "../../actor/core";
import type { BuiltBlock } from "../../node/engine/types";
import type { SignedConfirmation } from "../../node/rotation/confirmation";
import type { Promises } from "../../node/rotation/promises";
import type { WriteBatch } from "../../node/store/database";
import { decodeCursor } from "../../protocol";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { ClosedBatch } from "../batch/records";
import type { Ledger } from "../blocks/ledger";
import { decodeEntry, encodeEntry, type BlockEntry, type Entry } from "./entry";
import { LogFollower } from "./follower";
import type { FencedLog, LogBounds } from "./log";

interface FailoverConfig {
  /** Of this process among those with its key. */
  id: string;
  /** A leader that is silent for so long is taken for gone. */
  leaseMs: number;
  /** Where the others reach it, if that is not what it says itself. */
  rpcUrl?: string;
  /** Takes another log for the one that was lost. */
  anew: boolean;
}

/** What a leader says of itself, again and again. */
interface Beat {
  id: string;
  /** Of the process that has this name at the moment. */
  run: string;
  term: number;
  /** Where it takes transactions. */
  url: string;
  /** The log's last entry. */
  sequence: number;
  /** It ends: another may lead at once. */
  resigns?: boolean;
}

export interface FailoverDeps {
  core: NodeCore;
  ledger: Ledger;
  promises: Promises;
  log: Logger;
  /** Runs a task in the queue of all that changes the chain. */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** This process leads from now on; runs in that queue. */
  onLead(): Promise<void>;
  /** The log was followed to its end; runs in that queue. */
  onFollowed(): Promise<void>;
  /** The leader took in a transaction. */
  onPooled(raw: Uint8Array): void;
}

/** Parts of a lease: between two beats; between two looks at the clock. */
const [BEATS, LOOKS] = [4, 20];
/** Of a lease, most that a process waits longer than another before it tries to lead. */
const JITTER = 0.2;
/** So long what the log holds may not follow from L1 before whoever leads next gives it up. */
const PATIENCE_MS = 30_000;
/** Entries of which nothing is needed any more are forgotten so often. */
const FORGET_MS = 10_000;

const TOPIC = "failover";

/**
 * One of several sequencer processes with one key. Only the leader builds, and nothing that it builds is seen before it is in the log;
 * the others take over what the log holds, and one of them leads when the leader is silent.
 * SAFETY: the lease only says when to try. What forbids two blocks of one height is the log: each entry names the one before it, so a
 * process that has not seen all of it writes nothing (docs/adr/0043-a-block-is-in-the-log-before-it-is-seen.md).
 */
export class Failover {
  /** Own term, the number of the entry that began it; null while this process follows. */
  private term: number | null = null;
  /** The last entry that was read or written here. */
  private sequence = 0;
  private identity = "";
  private url = "";
  private readonly run = randomBytes(8).toString("hex");
  private readonly follower: LogFollower;
  /** Who leads, as it says itself; null before anybody did. */
  leader: Beat | null = null;
  /** Of the monotonic clock: when a leader was heard last, when this process last heard itself, and when it looked at the clock. */
  private heardAt = performance.now();
  private echoAt = 0;
  private lookedAt = 0;
  private beatAt = 0;
  private patience: number;
  private waitsSince: number | null = null;
  private forgotAt = performance.now();
  private timer: NodeJS.Timeout | null = null;
  private isTrying = false;
  private isReading = false;
  /** Writes that the log refused because another process had written, since the process began. */
  fencedCount = 0;

  constructor(
    private readonly config: FailoverConfig,
    private readonly entries: FencedLog,
    private readonly deps: FailoverDeps,
  ) {
    this.follower = new LogFollower(deps.core, deps.ledger, deps.promises, deps.log);
    this.patience = this.newPatience();
    entries.hear("beat", (payload) => this.hearBeat(JSON.parse(Buffer.from(payload).toString()) as Beat));
    const [leads, registers] = [(): number => Number(this.leads), [deps.core.registry]];
    new Gauge({
      ...{ name: "solvent_leads", help: "1 while this process, of those with its key, builds and posts", registers },
      collect() {
        this.set(leads());
      },
    });
    entries.hear("pool", (raw) => this.leads || deps.onPooled(raw));
  }

  /** Whether this process builds and posts. */
  get leads(): boolean {
    return this.term !== null;
  }

  /** @param url - where this process takes transactions. */
  start(url: string): void {
    this.url = this.config.rpcUrl ?? url;
    this.heardAt = this.lookedAt = performance.now();
    this.report("no process leads yet: nothing is built");
    this.timer = setInterval(() => this.look(), this.config.leaseMs / LOOKS);
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    if (this.leads) this.beat(true);
    this.term = null;
    await this.entries.close();
  }

  /** Where the leader takes transactions: undefined where this process leads, null where nobody is known to. */
  get leaderUrl(): string | null | undefined {
    return this.leads ? undefined : (this.leader?.url ?? null);
  }

  /** Shows the others a transaction that was taken in: one of them may have to put it into a block. */
  gossip(raw: Uint8Array): void {
    if (this.leads) this.entries.tell("pool", raw);
  }

  /** What a client may know of it. */
  status(): object {
    const { sequence, leader, term } = this;
    return {
      id: this.config.id,
      leads: this.leads,
      term: term ?? leader?.term ?? null,
      leader: this.leads ? this.config.id : (leader?.id ?? null),
      sequence,
      waiting: this.follower.waitingCount,
      fenced: this.fencedCount,
    };
  }

  /** Reads what is new in the log; a leader forgets what is final. Runs in the queue. */
  async tick(): Promise<void> {
    try {
      if (this.leads) await this.forget();
      else await this.follow();
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * Puts a block that was built into the log.
   * @returns what marks it as taken over, for the write that keeps it.
   * @throws SolventError `failover-*`: it must not be seen.
   */
  async promise(built: BuiltBlock, promise: SignedConfirmation | null): Promise<(write: WriteBatch) => void> {
    const lastMessage = this.deps.ledger.lastMessage(Number(built.cursor.delayed));
    const sequence = await this.append(blockEntry(built, { body: built.body, lastMessage }, promise));
    return (write) => this.follower.markIn(write, { identity: this.identity, sequence });
  }

  /** Puts a batch that is complete into the log. @throws SolventError `failover-*`: it stays open. */
  async close(batch: ClosedBatch): Promise<void> {
    await this.append({ kind: "batch", ...batch });
  }

  /** What a leader writes. */
  private async append(entry: Entry): Promise<number> {
    try {
      if (!this.leads) throw new SolventError("failover-fenced", "this process does not lead any more");
      const sequence = await this.write(entry);
      this.report(null);
      this.beat();
      return sequence;
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  private async write(entry: Entry): Promise<number> {
    const sequence = await this.entries.append(encodeEntry(entry), this.sequence);
    this.sequence = sequence;
    this.follower.note(sequence, entry);
    return sequence;
  }

  /** What keeps the log from being written or read; a leader goes on leading only where nobody else can have written. */
  private fail(error: unknown): void {
    if (!(error instanceof SolventError) || !error.code.startsWith("failover-")) throw error;
    if (error.code === "failover-fenced") this.fencedCount++;
    const isFull = error.code === "failover-full";
    this.report(isFull ? `the log is full (${error.message}): no block is built until it has room` : error.message);
    if (!isFull) this.stepDown(error.message);
  }

  private stepDown(reason: string): void {
    if (!this.leads) return;
    this.deps.log.warn({ term: this.term, reason }, "leads no more");
    [this.term, this.leader] = [null, null];
    this.heardAt = performance.now();
  }

  /** @returns what the log holds, if it is the one that this node has followed so far; it is made where there was none. */
  private async requireBounds(): Promise<LogBounds | null> {
    const { mark } = this.follower;
    const mayBegin = mark === undefined || this.config.anew;
    let bounds = await this.entries.bounds();
    if (bounds === null && mayBegin) {
      await this.entries.create();
      bounds = await this.entries.bounds();
    }
    const isKnown = mark !== undefined && bounds?.identity === mark.identity;
    const isWhole = (bounds?.last ?? 0) >= Math.max(this.sequence, isKnown ? mark.sequence : 0);
    if (bounds !== null && (isKnown || mayBegin) && isWhole) {
      this.identity = bounds.identity;
      return bounds;
    }
    const what = isKnown ? "has lost entries" : "is not the one that this node has followed";
    this.report(`the log ${what}: nothing is built; what to do: docs/failover.md#a-log-that-is-lost`);
    this.heardAt = performance.now();
    return null;
  }

  private async follow(): Promise<void> {
    const bounds = await this.requireBounds();
    if (bounds === null) return;
    for (let next = Math.max(bounds.first, this.sequence + 1); next <= bounds.last; next++) {
      const payload = await this.entries.read(next);
      if (payload !== null)
        await this.follower.take({ identity: bounds.identity, sequence: next }, decodeEntry(payload));
      this.sequence = next;
    }
    // What was forgotten is on L1.
    this.sequence = bounds.last;
    await this.follower.apply(bounds.identity);
    this.waitsSince = this.follower.waitingCount === 0 ? null : (this.waitsSince ?? performance.now());
    const { differs } = this.follower;
    const isLed = performance.now() - this.heardAt < 2 * this.config.leaseMs && this.leader !== null;
    this.report(differs ?? (isLed ? null : "no process leads: nothing is built"));
    this.follower.forgettable();
    await this.deps.ledger.prune();
    await this.deps.onFollowed();
  }

  private async forget(): Promise<void> {
    if (performance.now() - this.forgotAt < FORGET_MS) return;
    this.forgotAt = performance.now();
    const last = this.follower.forgettable();
    if (last !== null) await this.entries.forget(last);
  }

  /** Whether this process could lead: it has read L1, and its engine and its program agree with all. */
  private get isFit(): boolean {
    const { core } = this.deps;
    return core.isSynced && !core.isHalted && this.follower.differs === null;
  }

  private look(): void {
    const now = performance.now();
    const { leaseMs } = this.config;
    // Who was stopped for a while has heard nobody, which says nothing of them.
    if (now - this.lookedAt > leaseMs / 2) this.heardAt = this.echoAt = now;
    this.lookedAt = now;
    if (this.leads) {
      if (!this.isFit) this.stepDown("it cannot build");
      else if (now - this.echoAt > leaseMs) this.fail(unheard());
      else if (now - this.beatAt >= leaseMs / BEATS) this.beat();
    } else if (now - this.heardAt > this.patience && this.isFit && !this.isTrying) {
      this.isTrying = true;
      void this.deps
        .run(() => this.takeOver())
        .catch(() => undefined)
        .finally(() => (this.isTrying = false));
    }
  }

  /** Leads, where it knows all that the log holds and nobody else was faster. */
  private async takeOver(): Promise<void> {
    const { core, log } = this.deps;
    try {
      await this.follow();
      if (!this.isFit || performance.now() - this.heardAt <= this.patience || !this.isComplete()) return;
      const term = await this.write({ kind: "term", id: this.config.id, data: new Uint8Array() });
      this.term = term;
      this.echoAt = performance.now();
      await this.promiseOwn();
      this.report(null);
      this.beat();
      log.warn({ term, head: core.chain.unsafe.number }, "leads from now on");
      await this.deps.onLead();
    } catch (error) {
      this.fail(error);
      this.heardAt = performance.now();
    } finally {
      this.patience = this.newPatience();
    }
  }

  /** Whether all that the log holds was taken over; after a while, whatever L1 does not bear out counts for nothing. */
  private isComplete(): boolean {
    const { follower, waitsSince } = this;
    const isLate = waitsSince !== null && performance.now() - waitsSince > PATIENCE_MS;
    if (follower.waitingCount > 0 && isLate && !this.deps.core.health.has("l1")) follower.giveUp();
    return follower.waitingCount === 0;
  }

  /** Blocks that this node promised and the log lacks: it was alone before. */
  private async promiseOwn(): Promise<void> {
    const { core, ledger, promises } = this.deps;
    const { chain } = core;
    const batches = ledger.ahead();
    for (let number = chain.safe.number + 1; number <= chain.unsafe.number; number++) {
      const block = chain.requireBlockAt(number);
      const record = ledger.record(number);
      if (this.follower.isLogged(block.hash) || record?.blockHash !== block.hash) continue;
      const cursor = decodeCursor(block.header.extraData);
      const promise = promises.at(number).find(({ blockHash }) => blockHash === block.hash) ?? null;
      await this.write(blockEntry({ header: block.header, blockHash: block.hash, cursor }, record, promise));
      const closed = batches.find(({ lastBlock }) => lastBlock === number);
      if (closed !== undefined) await this.write({ kind: "batch", ...closed });
    }
  }

  private beat(resigns = false): void {
    if (this.term === null) return;
    const { term, url, sequence, run } = this;
    this.beatAt = performance.now();
    const beat: Beat = { id: this.config.id, run, term, url, sequence, ...(resigns && { resigns }) };
    this.entries.tell("beat", Buffer.from(JSON.stringify(beat)));
  }

  private hearBeat(beat: Beat): void {
    if (beat.run === this.run) {
      this.echoAt = performance.now();
      return;
    }
    if (beat.term < (this.term ?? this.leader?.term ?? 0)) return;
    this.stepDown(`${beat.id} leads`);
    this.leader = beat;
    this.heardAt = beat.resigns === true ? -Infinity : performance.now();
    if (beat.sequence > this.sequence) this.readSoon();
  }

  private readSoon(): void {
    if (this.isReading) return;
    this.isReading = true;
    const read = (): Promise<void> => {
      this.isReading = false;
      return this.tick();
    };
    void this.deps.run(read).catch(() => undefined);
  }

  private report(problem: string | null): void {
    this.deps.core.health.report(TOPIC, problem);
  }

  private newPatience(): number {
    return this.config.leaseMs * (1 + JITTER * Math.random());
  }
}

function unheard(): SolventError {
  return new SolventError("failover-unavailable", "the log's server passes nothing on: nothing is built or promised");
}

function blockEntry(
  { header, blockHash, cursor }: Pick<BuiltBlock, "header" | "blockHash" | "cursor">,
  { body, lastMessage }: { body: Uint8Array; lastMessage: Hex },
  promise: SignedConfirmation | null,
): BlockEntry {
  const { number, parentHash } = header;
  const place = { batch: Number(cursor.batch), segment: cursor.segment, offset: cursor.offset - body.length };
  const delayed = Number(cursor.delayed);
  return { kind: "block", number, blockHash, parentHash, place, delayed, lastMessage, promise, data: body };
}
