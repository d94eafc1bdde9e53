import { Serial } from "../../protocol/serial";
import { ANVIL_NAMES, invalid, normalise } from "./calls";
import type { Journal, JournalLine } from "./journal";
import { isBlockRequest, toBlockCount, toWholeNumber } from "./timeParams";
import type { L1Backend } from "./types";

/** A node of L1 in this process. */
export interface Eip1193 {
  request(call: { method: string; params?: unknown[] }): Promise<unknown>;
  on?(event: "message", listener: (message: { type: string; data: unknown }) => void): void;
}

/** A newest block: its number, its time in seconds. */
interface Newest {
  number: number;
  time: number;
}

/** What L1's clock goes by: seconds, of the clock on the wall or of as many blocks as there are. */
export type Wall = (blocks: number) => number;

const onTheWall: Wall = () => Math.floor(Date.now() / 1_000);

/** Where a snapshot stands: the journal's end, and the clock. */
interface Snapshot {
  mark: number;
  ahead: number;
  takenAt: number;
}

/** So many blocks at the usual interval follow what was sent last, before an idle chain takes its time. */
const LIVELY_BLOCKS = 5;
/** Calls that change the chain, or what its next block will be, beside those that are this class's own. */
const CHANGES = /^(eth_send|hardhat_(set|impersonate|stopImpersonating|drop))/;
/**
 * Hardhat's network with a clock and a memory: blocks on the wall clock or ahead of it, each with its parent's hash, and a journal from which
 * the next process has the same chain. Time never runs behind the wall clock, not after a revert either: nodes that nobody told go by it.
 * What changes the chain runs one after the other.
 */
export class L1Chain implements L1Backend {
  private readonly provider: Eip1193;
  private readonly journal: Journal;
  private readonly wall: Wall;
  private readonly serial = new Serial();
  private readonly snapshots = new Map<string, Snapshot>();
  /** Seconds by which L1's clock is ahead of the wall clock. */
  private ahead = 0;
  /** Time of the next block, where somebody chose it. */
  private next: number | null = null;
  private intervalMs: number;
  private idleMs: number;
  /** When somebody sent a transaction last, and when the next block is due, in milliseconds of the clock. */
  private usedAt = 0;
  private dueAt = 0;
  private isAutomatic = false;
  private timer: NodeJS.Timeout | null = null;

  /**
   * @param idleMs - between two blocks while nobody sends anything; at least `intervalMs`.
   * @param wall - the wall clock.
   */
  constructor(provider: Eip1193, journal: Journal, intervalMs: number, idleMs = intervalMs, wall = onTheWall) {
    this.provider = provider;
    this.journal = journal;
    this.intervalMs = intervalMs;
    this.idleMs = Math.max(idleMs, intervalMs);
    this.wall = wall;
  }

  on(event: "message", listener: (message: { type: string; data: unknown }) => void): void {
    this.provider.on?.(event, listener);
  }

  /** Does again what a journal tells; before anything else. */
  async replay(lines: readonly JournalLine[]): Promise<void> {
    for (const line of lines)
      if ("call" in line) await this.ask(...line.call);
      else if ("ahead" in line) this.ahead = line.ahead;
      else for (let i = 0; i < line.count; i++) await this.ask("evm_mine", [line.time]);
  }

  /** Mines a block each interval from now on; 0 mines only when asked. */
  start(): void {
    this.schedule(0);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.journal.flush();
  }

  /** @throws what L1 answers, or an error with code -32602 or -32601. */
  async request(name: string, params: unknown[]): Promise<unknown> {
    const method = ANVIL_NAMES[name] ?? name;
    const own = this.own[method];
    if (own !== undefined) return this.serial.run(() => own(params));
    if (!CHANGES.test(method)) return this.ask(method, normalise(method, params));
    return this.serial.run(async () => {
      const normal = normalise(method, params);
      const result = await this.ask(method, normal);
      this.journal.called(method, normal);
      this.wake();
      if (this.isAutomatic && method.startsWith("eth_send")) await this.mine();
      return result;
    });
  }

  private readonly own: Readonly<Record<string, (params: unknown[]) => Promise<unknown>>> = {
    evm_increaseTime: async ([seconds]) => {
      this.setAhead(this.ahead + toWholeNumber(seconds, "seconds"));
      return String(this.ahead);
    },
    evm_setTime: async ([time]) => {
      const newest = await this.newest();
      const seconds = toWholeNumber(time, "time");
      if (seconds < newest.time) throw invalid(`time ${seconds} is before the newest block's, ${newest.time}`);
      this.setAhead(Math.max(0, seconds - this.wall(newest.number)));
      return String(this.ahead);
    },
    evm_setNextBlockTimestamp: async ([time]) => {
      const newest = await this.newest();
      const seconds = toWholeNumber(time, "time");
      if (seconds <= newest.time)
        throw invalid(`Timestamp ${seconds} is lower than or equal to previous block's timestamp ${newest.time}`);
      this.next = seconds;
      return String(seconds);
    },
    evm_mine: async ([arg]) => {
      const { timestamp, blocks = 1 } = isBlockRequest(arg) ? arg : { timestamp: arg };
      if (timestamp !== undefined && timestamp !== null) await this.own.evm_setNextBlockTimestamp([timestamp]);
      for (let left = toBlockCount(blocks); left > 0; left--) await this.mine();
      return "0x0";
    },
    hardhat_mine: async ([count = 1, interval]) => {
      const total = toBlockCount(count);
      const step = interval === undefined || interval === null ? 1 : toWholeNumber(interval, "interval");
      for (let i = 0; i < total; i++) await this.mine(i === 0 ? null : step);
      return true;
    },
    evm_snapshot: async () => {
      const mark = this.journal.mark();
      const id = (await this.ask("evm_snapshot", [])) as string;
      const { number } = await this.newest();
      this.snapshots.set(id, { mark, ahead: this.ahead, takenAt: this.wall(number) });
      return id;
    },
    evm_revert: async ([id]) => {
      const snapshot = this.snapshots.get(String(id));
      if (snapshot === undefined || (await this.ask("evm_revert", [id])) !== true) return false;
      for (const [other, { mark }] of this.snapshots)
        if (other === id || mark > snapshot.mark) this.snapshots.delete(other);
      this.journal.backTo(snapshot.mark);
      this.next = null;
      const { number } = await this.newest();
      this.setAhead(Math.max(0, snapshot.ahead - (this.wall(number) - snapshot.takenAt)));
      return true;
    },
    evm_setAutomine: async ([isOn]) => {
      this.isAutomatic = isOn === true;
      return true;
    },
    hardhat_getAutomine: async () => this.isAutomatic,
    evm_setIntervalMining: async ([interval]) => {
      const range = Array.isArray(interval) ? (interval[0] as unknown) : interval;
      // Whoever chooses an interval gets it, busy or idle.
      this.idleMs = this.intervalMs = toWholeNumber(range, "milliseconds");
      this.schedule(this.intervalMs);
      return true;
    },
    hardhat_reset: () => refuse("the rollup's contracts would be gone: stop the devnet and start it anew"),
    anvil_reset: () => refuse("the rollup's contracts would be gone: stop the devnet and start it anew"),
  };

  private setAhead(seconds: number): void {
    if (seconds < 0) throw invalid("L1's clock does not go behind the wall clock");
    this.ahead = seconds;
    this.journal.clockSet(seconds);
  }

  /** Mines a block. @param step - seconds behind the newest one; null takes the chosen time or the clock's. */
  private async mine(step: number | null = null): Promise<void> {
    const newest = await this.newest();
    const wall = this.wall(newest.number + 1);
    const time = step === null ? (this.next ?? Math.max(newest.time, wall + this.ahead)) : newest.time + step;
    this.next = null;
    await this.ask("evm_mine", [time]);
    this.journal.mined(time);
    // Who mines ahead of the clock has put it forward, and it goes on from there.
    if (time > wall + this.ahead) this.setAhead(time - wall);
  }

  private async newest(): Promise<Newest> {
    const block = (await this.ask("eth_getBlockByNumber", ["latest", false])) as { number: string; timestamp: string };
    return { number: Number(block.number), time: Number(block.timestamp) };
  }

  private schedule(afterMs: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.dueAt = Date.now() + afterMs;
    this.timer = this.intervalMs === 0 ? null : setTimeout(() => void this.tick(), afterMs);
  }

  /** What was sent does not wait for an idle chain's next block. */
  private wake(): void {
    this.usedAt = Date.now();
    if (this.timer !== null && this.dueAt > this.usedAt + this.intervalMs) this.schedule(this.intervalMs);
  }

  private async tick(): Promise<void> {
    const started = Date.now();
    const timer = this.timer;
    await this.serial
      .run(() => this.mine())
      .catch((error: unknown) => console.error("L1 could not mine:", error instanceof Error ? error.message : error));
    // Somebody may have changed the interval, or ended it, meanwhile.
    if (this.timer !== timer || timer === null) return;
    const isIdle = started - this.usedAt > LIVELY_BLOCKS * this.intervalMs;
    this.schedule(Math.max(0, (isIdle ? this.idleMs : this.intervalMs) - (Date.now() - started)));
  }

  private ask(method: string, params: unknown[]): Promise<unknown> {
    return this.provider.request({ method, params });
  }
}

async function refuse(message: string): Promise<never> {
  throw Object.assign(new Error(message), { code: -32601 });
}
