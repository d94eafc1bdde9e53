import { Dispatcher, RpcError, RpcServer, type RpcMethods } from "../node/rpc";
import { L1Rpc } from "../node/l1/rpc";
import { SolventError } from "../protocol/errors";
import { Serial } from "../protocol/serial";
import { invalid } from "./l1/calls";
import { isBlockRequest, toBlockCount, toWholeNumber } from "./l1/timeParams";
import type { Processes } from "./processes";
import { SystemSnapshots } from "./snapshots";
import { Steps, type Moves, type StepKind } from "./steps";

/** What the control has to know of the devnet. */
export interface ControlledSystem {
  l1Url: string;
  /** Whether L1's gateway is ours: the devnet itself goes through it by `devnet_raw`. */
  hasDoor: boolean;
  processes: Processes;
  /** Null where there is none. */
  sequencerUrl(): string | null;
  /** Seconds that a block may be older than its batch; 0 for no bound. */
  maxDelaySeconds: number;
}

const FLUSH_LIMIT_MS = 60_000;

/** A newest block: number, time in seconds. */
interface Block {
  number: number;
  time: number;
}

/**
 * Moves the clocks of both layers: what either node's RPC is asked for is done here, one after the other. L1's time comes first, L2's blocks
 * follow it, and what L2 has confirmed is on L1 before a jump that would make it too old for a batch. No rule knows of it: a node that was told
 * nothing derives the same chain.
 */
export class Control {
  private readonly system: ControlledSystem;
  private readonly more: RpcMethods;
  private readonly l1: L1Rpc;
  private readonly snapshots: SystemSnapshots;
  private readonly steps: Steps;
  private sequencerRpc: L1Rpc | null = null;
  /** Jumps under way, while which L2 builds only what is asked for here. */
  private jumps = 0;
  private readonly serial = new Serial();
  private server: RpcServer | null = null;

  /** @param more - methods that this devnet answers beside those of time. */
  constructor(system: ControlledSystem, more: RpcMethods = {}) {
    this.more = more;
    this.system = system;
    this.l1 = new L1Rpc(system.l1Url, { retries: 0 });
    const { processes } = system;
    const l1 = (method: string, params: unknown[]): Promise<unknown> => this.askL1(method, params);
    const sequencer = (method: string, params: unknown[]): Promise<unknown> => this.sequencer().send(method, params);
    this.snapshots = new SystemSnapshots({ processes, l1 });
    this.steps = new Steps({ processes, l1, sequencer });
  }

  /** Answers on a free port of this machine. @returns the URL. */
  start(): Promise<string> {
    const onBug = (method: string, error: unknown): void => console.error(`${method}:`, error);
    this.server = new RpcServer(new Dispatcher({ ...this.methods(), ...this.more }, onBug), { port: 0 });
    return this.server.start();
  }

  /** A jump by more than this may make blocks too old for a batch. */
  get farSeconds(): number {
    const { maxDelaySeconds } = this.system;
    return maxDelaySeconds === 0 ? Number.MAX_SAFE_INTEGER : Math.floor(maxDelaySeconds / 4);
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    await this.sequencerRpc?.close();
    await this.l1.close();
  }

  /**
   * Puts both layers' clocks forward and makes a block on each.
   * @returns time of the newest block of L1 and of L2, in seconds.
   */
  advanceTime(seconds: number): Promise<{ l1: number; l2: number }> {
    return this.serial.run(async () => {
      // From the later of both: a burst of blocks puts L2 ahead of L1.
      const { l1, l2 } = await this.times();
      return this.mineNow(1, 1, Math.max(l1, l2) + seconds);
    });
  }

  /**
   * Makes `count` blocks on L2, `intervalSeconds` apart.
   * @param at - time of the first; undefined takes the clock's.
   */
  mine(count: number, intervalSeconds: number, at?: number): Promise<{ l1: number; l2: number }> {
    return this.serial.run(() => this.mineNow(count, intervalSeconds, at));
  }

  /** Lets L1 mine only when it is asked to. */
  async stopL1(): Promise<void> {
    await this.askL1("evm_setIntervalMining", [0]);
  }

  /** Posts all that L2 has confirmed, and waits until L1 has it. */
  flush(): Promise<void> {
    return this.serial.run(() => this.flushNow());
  }

  /** Remembers the whole system. @returns the snapshot's id. */
  snapshot(): Promise<string> {
    return this.serial.run(() => this.snapshots.take());
  }

  /** Makes the whole system what it was; the snapshot and those after it are gone then. @returns whether there was such a one. */
  revert(id: string): Promise<boolean> {
    return this.serial.run(() => this.snapshots.revert(id));
  }

  /**
   * Moves the system by one step, where nothing moves by itself (and where it does, too).
   * @returns what it left, and the moves that were made.
   */
  step(kind: StepKind): Promise<{ l1: Block; l2: Block; moves: Moves }> {
    return this.serial.run(async () => {
      const moves = await this.steps.step(kind);
      const [l1, l2] = await Promise.all([newest(this.l1), newest(this.sequencer())]);
      return { l1, l2, moves };
    });
  }

  private methods(): RpcMethods {
    const methods: RpcMethods = {
      solvent_advanceTime: (params) => this.advanceTime(toWholeNumber(params.values[0], "seconds")),
      solvent_flush: () => this.flush().then(() => true),
      // L1's gateway, when somebody has L1's own RPC move its clock.
      devnet_beforeJump: () => this.serial.run(() => this.beginJump()).then(() => true),
      devnet_afterJump: () => this.endJump().then(() => true),
      solvent_step: (params) => this.step((params.values[0] ?? "all") as StepKind),
      evm_setAutomine: (params) => this.setBlocks(params.values[0] === true ? "instant" : "manual"),
      hardhat_getAutomine: async () => (await this.sequencer().send("devnet_blocks", [])) === "instant",
      evm_setIntervalMining: (params) => this.setInterval(params.values[0], 1),
      anvil_setIntervalMining: (params) => this.setInterval(params.values[0], 1_000),
      hardhat_dropTransaction: (params) => this.sequencer().send("devnet_dropTransaction", [params.values[0]]),
      evm_snapshot: () => this.snapshot(),
      evm_revert: (params) => this.revert(String(params.values[0])).catch(refuse),
      evm_increaseTime: async (params) => {
        const seconds = toWholeNumber(params.values[0], "seconds");
        await this.advanceTime(seconds);
        return String(seconds);
      },
      evm_setTime: async (params) => {
        await this.mine(1, 1, toWholeNumber(params.values[0], "time"));
        return true;
      },
      evm_setNextBlockTimestamp: (params) =>
        this.serial.run(() => this.setNext(toWholeNumber(params.values[0], "time"))),
      evm_mine: async ({ values: [arg] }) => {
        const { timestamp, blocks = 1 } = isBlockRequest(arg) ? arg : { timestamp: arg };
        await this.mine(
          toBlockCount(blocks),
          1,
          timestamp === undefined ? undefined : toWholeNumber(timestamp, "time"),
        );
        return "0x0";
      },
      hardhat_mine: async ({ values: [count = 1, interval = 1] }) => {
        await this.mine(toBlockCount(count), toWholeNumber(interval, "interval"));
        return true;
      },
    };
    const { evm_increaseTime, evm_setTime, evm_setNextBlockTimestamp, hardhat_mine } = methods;
    const { evm_snapshot, evm_revert, evm_setAutomine, hardhat_getAutomine, hardhat_dropTransaction } = methods;
    return {
      ...methods,
      ...{ anvil_increaseTime: evm_increaseTime, anvil_setTime: evm_setTime, anvil_mine: hardhat_mine },
      ...{
        anvil_setNextBlockTimestamp: evm_setNextBlockTimestamp,
        anvil_snapshot: evm_snapshot,
        anvil_revert: evm_revert,
      },
      ...{ anvil_setAutomine: evm_setAutomine, anvil_getAutomine: hardhat_getAutomine },
      anvil_dropTransaction: hardhat_dropTransaction,
    };
  }

  private async mineNow(count: number, interval: number, at?: number): Promise<{ l1: number; l2: number }> {
    if (count === 1) await this.mineRun(1, 1, at);
    else if (count > 1) await this.pausing(() => this.mineRun(count, Math.max(1, interval), at));
    return this.times();
  }

  private async mineRun(count: number, step: number, at?: number): Promise<void> {
    const head = await newest(this.sequencer());
    // A time that was chosen for the next block is the first one's.
    const chosen = await this.sequencer().send<number | null>("devnet_nextBlockTimestamp", []);
    const { l1 } = await this.times();
    const first = at ?? chosen ?? Math.max(head.time + 1, l1);
    if (first <= head.time)
      throw invalid(`Timestamp ${first} is lower than or equal to previous block's timestamp ${head.time}`);
    // In parts: L1 never stands so far ahead of a block that is still to come that it would be too old for a batch.
    const most = Math.max(1, Math.floor(this.farSeconds / step));
    for (let made = 0; made < count; made += most) {
      if (made > 0) await this.flushNow();
      const [from, size] = [first + step * made, Math.min(most, count - made)];
      await this.jump(from + step * (size - 1), async () => {
        for (let i = 0; i < size; i++) await this.sequencer().send("devnet_buildBlock", [from + step * i]);
      });
    }
  }

  /** While it goes on, L2 builds only what is asked for here: L1's clock, which is ahead of what is to come, would be its clock. */
  private async pausing(act: () => Promise<void>): Promise<void> {
    this.jumps++;
    await this.sequencer().send("devnet_pause", [true]);
    try {
      await act();
    } finally {
      await this.endJump();
    }
  }

  /** How L2's blocks are made from now on. */
  private async setBlocks(mode: string, intervalMs?: number): Promise<boolean> {
    await this.sequencer().send("devnet_setBlocks", intervalMs === undefined ? [mode] : [mode, intervalMs]);
    return true;
  }

  /** @param value - as Hardhat takes it: a number, or a range, whose least is taken; 0 ends it. */
  private setInterval(value: unknown, unitMs: number): Promise<boolean> {
    const interval = toWholeNumber(Array.isArray(value) ? (value[0] as unknown) : value, "interval") * unitMs;
    return interval === 0 ? this.setBlocks("manual") : this.setBlocks("interval", Math.max(20, interval));
  }

  private async setNext(time: number): Promise<string> {
    const head = await newest(this.sequencer());
    if (time <= head.time)
      throw invalid(`Timestamp ${time} is lower than or equal to previous block's timestamp ${head.time}`);
    await this.jump(time, () => this.sequencer().send("devnet_setNextBlockTimestamp", [time]));
    return String(time);
  }

  /**
   * Puts L1 forward to a time, where it is not there yet, then does what follows on L2. A jump that is far finds everything posted, and no
   * block is made between that and what follows: it would be too old for a batch when it is noticed.
   */
  private async jump(time: number, then: () => Promise<unknown>): Promise<void> {
    const isFar = time - (await newest(this.l1)).time > this.farSeconds;
    if (isFar) await this.beginJump();
    try {
      await this.reachOnL1(time);
      await then();
    } finally {
      if (isFar) await this.endJump();
    }
  }

  /** L1's own next block may be made at the same moment: one that is there already by then is enough. */
  private async reachOnL1(time: number): Promise<void> {
    const isThere = async (): Promise<boolean> => (await newest(this.l1)).time >= time;
    if (await isThere()) return;
    try {
      await this.askL1("evm_setNextBlockTimestamp", [time]);
    } catch (error) {
      if (await isThere()) return;
      throw error;
    }
    await this.askL1("evm_mine", []);
  }

  private async beginJump(): Promise<void> {
    await this.flushNow();
    this.jumps++;
    await this.sequencer().send("devnet_pause", [true]);
    // What was built while the first was on its way.
    await this.flushNow();
  }

  private async endJump(): Promise<void> {
    this.jumps = Math.max(0, this.jumps - 1);
    if (this.jumps === 0) await this.sequencer().send("devnet_pause", [false]);
  }

  private async flushNow(): Promise<void> {
    const sequencer = this.sequencer();
    const { number } = await newest(sequencer);
    const end = Date.now() + FLUSH_LIMIT_MS;
    for (;;) {
      await sequencer.send("devnet_flush", []);
      const { safe } = await sequencer.send<{ safe: { number: number } }>("rollup_syncStatus", []);
      if (safe.number >= number) return;
      if (Date.now() > end) throw new RpcError(-32000, "L1 does not take what L2 has confirmed");
      await this.askL1("evm_mine", []);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async times(): Promise<{ l1: number; l2: number }> {
    const [l1, l2] = await Promise.all([newest(this.l1), newest(this.sequencer())]);
    return { l1: l1.time, l2: l2.time };
  }

  private sequencer(): L1Rpc {
    const url = this.system.sequencerUrl();
    if (url === null) throw new RpcError(-32000, "this devnet has no sequencer");
    if (this.sequencerRpc?.url !== url) this.sequencerRpc = new L1Rpc(url, { retries: 0, timeoutMs: FLUSH_LIMIT_MS });
    return this.sequencerRpc;
  }

  /** Asks L1 itself, past its gateway. @throws what it answers. */
  askL1(method: string, params: unknown[]): Promise<unknown> {
    return this.system.hasDoor ? this.l1.send("devnet_raw", [method, params]) : this.l1.send(method, params);
  }
}

function refuse(error: unknown): never {
  throw error instanceof SolventError ? new RpcError(-32000, error.message) : error;
}

async function newest(rpc: L1Rpc): Promise<Block> {
  const block = await rpc.send<{ number: string; timestamp: string }>("eth_getBlockByNumber", ["latest", false]);
  const { number, timestamp } = block;
  return { number: Number(number), time: Number(timestamp) };
}
