import { Dispatcher, RpcError, RpcServer, type RpcMethods } from "../node/rpc";
import { L1Rpc } from "../node/l1/rpc";
import { Serial } from "../protocol/serial";

/** What the control has to know of the devnet. */
export interface ControlledSystem {
  l1Url: string;
  /** Null where there is none. */
  sequencerUrl(): string | null;
  /** Seconds that a block may be older than its batch; 0 for no bound. */
  maxDelaySeconds: number;
}

/** So many blocks one call may ask for. */
const MOST_BLOCKS = 10_000;
const FLUSH_LIMIT_MS = 60_000;

interface Block {
  number: string;
  timestamp: string;
}

/**
 * Moves the clocks of both layers: what either node's RPC is asked for is done here, one after the other. L1's time comes first, L2's blocks
 * follow it, and what L2 has confirmed is on L1 before a jump that would make it too old for a batch. No rule knows of it: a node that was told
 * nothing derives the same chain.
 */
export class Control {
  readonly #system: ControlledSystem;
  readonly #l1: L1Rpc;
  readonly #serial = new Serial();
  #server: RpcServer | null = null;

  constructor(system: ControlledSystem) {
    this.#system = system;
    this.#l1 = new L1Rpc(system.l1Url, { retries: 0 });
  }

  /** Answers on a free port of this machine. @returns the URL. */
  start(): Promise<string> {
    const onBug = (method: string, error: unknown): void => console.error(`${method}:`, error);
    this.#server = new RpcServer(new Dispatcher(this.#methods(), onBug), { port: 0 });
    return this.#server.start();
  }

  /** A jump by more than this may make blocks too old for a batch. */
  get farSeconds(): number {
    const { maxDelaySeconds } = this.#system;
    return maxDelaySeconds === 0 ? Number.MAX_SAFE_INTEGER : Math.floor(maxDelaySeconds / 4);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    await this.#l1.close();
  }

  /**
   * Puts both layers' clocks forward and makes a block on each.
   * @returns time of the newest block of L1 and of L2, in seconds.
   */
  advanceTime(seconds: number): Promise<{ l1: number; l2: number }> {
    return this.#serial.run(async () => {
      const { time } = await newest(this.#l1);
      return this.#mine(1, 1, time + seconds);
    });
  }

  /**
   * Makes `count` blocks on L2, `intervalSeconds` apart.
   * @param at - time of the first; undefined takes the clock's.
   */
  mine(count: number, intervalSeconds: number, at?: number): Promise<{ l1: number; l2: number }> {
    return this.#serial.run(() => this.#mine(count, intervalSeconds, at));
  }

  /** Posts all that L2 has confirmed, and waits until L1 has it. */
  flush(): Promise<void> {
    return this.#serial.run(() => this.#flush());
  }

  #methods(): RpcMethods {
    const methods: RpcMethods = {
      solvent_advanceTime: (params) => this.advanceTime(toNumber(params.values[0], "seconds")),
      solvent_flush: () => this.flush().then(() => true),
      // L1 asks before its clock jumps, be it this class that moves it: not one after the other.
      devnet_flush: () => this.#flush().then(() => true),
      evm_increaseTime: async (params) => {
        const seconds = toNumber(params.values[0], "seconds");
        await this.advanceTime(seconds);
        return String(seconds);
      },
      evm_setTime: async (params) => {
        await this.mine(1, 1, toNumber(params.values[0], "time"));
        return true;
      },
      evm_setNextBlockTimestamp: (params) => this.#serial.run(() => this.#setNext(toNumber(params.values[0], "time"))),
      evm_mine: async ({ values: [arg] }) => {
        const { timestamp, blocks = 1 } = isObject(arg) ? arg : { timestamp: arg };
        await this.mine(toCount(blocks), 1, timestamp === undefined ? undefined : toNumber(timestamp, "time"));
        return "0x0";
      },
      hardhat_mine: async ({ values: [count = 1, interval = 1] }) => {
        await this.mine(toCount(count), toNumber(interval, "interval"));
        return true;
      },
    };
    const { evm_increaseTime, evm_setTime, evm_setNextBlockTimestamp, hardhat_mine } = methods;
    return {
      ...methods,
      ...{ anvil_increaseTime: evm_increaseTime, anvil_setTime: evm_setTime, anvil_mine: hardhat_mine },
      anvil_setNextBlockTimestamp: evm_setNextBlockTimestamp,
    };
  }

  async #mine(count: number, interval: number, at?: number): Promise<{ l1: number; l2: number }> {
    if (count === 0) return this.#times();
    const step = Math.max(1, interval);
    const head = await newest(this.#sequencer());
    // A time that was chosen for the next block is the first one's.
    const chosen = await this.#sequencer().send<number | null>("devnet_nextBlockTimestamp", []);
    const { l1 } = await this.#times();
    const first = at ?? chosen ?? Math.max(head.time + 1, l1);
    if (first <= head.time)
      throw invalid(`Timestamp ${first} is lower than or equal to previous block's timestamp ${head.time}`);
    await this.#moveL1(first + step * (count - 1));
    for (let i = 0; i < count; i++) await this.#sequencer().send("devnet_buildBlock", [first + step * i]);
    return this.#times();
  }

  async #setNext(time: number): Promise<string> {
    const head = await newest(this.#sequencer());
    if (time <= head.time)
      throw invalid(`Timestamp ${time} is lower than or equal to previous block's timestamp ${head.time}`);
    await this.#moveL1(time);
    await this.#sequencer().send("devnet_setNextBlockTimestamp", [time]);
    return String(time);
  }

  /** Puts L1 forward to a time, where it is not there yet. */
  async #moveL1(time: number): Promise<void> {
    const before = await newest(this.#l1);
    if (time - before.time > this.farSeconds) await this.#flush();
    if ((await newest(this.#l1)).time >= time) return;
    await this.#l1.send("evm_setNextBlockTimestamp", [time]);
    await this.#l1.send("evm_mine", []);
  }

  async #flush(): Promise<void> {
    const sequencer = this.#sequencer();
    const { number } = await newest(sequencer);
    const end = Date.now() + FLUSH_LIMIT_MS;
    for (;;) {
      await sequencer.send("devnet_flush", []);
      const { safe } = await sequencer.send<{ safe: { number: number } }>("rollup_syncStatus", []);
      if (safe.number >= number) return;
      if (Date.now() > end) throw new RpcError(-32000, "L1 does not take what L2 has confirmed");
      await this.#l1.send("evm_mine", []);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #times(): Promise<{ l1: number; l2: number }> {
    const [l1, l2] = await Promise.all([newest(this.#l1), newest(this.#sequencer())]);
    return { l1: l1.time, l2: l2.time };
  }

  #sequencer(): L1Rpc {
    const url = this.#system.sequencerUrl();
    if (url === null) throw new RpcError(-32000, "this devnet has no sequencer");
    return new L1Rpc(url, { retries: 0 });
  }
}

async function newest(rpc: L1Rpc): Promise<{ number: number; time: number }> {
  const { number, timestamp } = await rpc.send<Block>("eth_getBlockByNumber", ["latest", false]);
  return { number: Number(number), time: Number(timestamp) };
}

function isObject(value: unknown): value is { timestamp?: unknown; blocks?: unknown } {
  return typeof value === "object" && value !== null;
}

function invalid(message: string): RpcError {
  return new RpcError(-32602, message);
}

/** @throws RpcError -32602. */
function toNumber(value: unknown, name: string): number {
  const number = typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
  if (!Number.isSafeInteger(number) || number < 0)
    throw invalid(`${name} must be a whole number, not ${String(value)}`);
  return number;
}

function toCount(value: unknown): number {
  const count = toNumber(value, "blocks");
  if (count > MOST_BLOCKS) throw invalid(`${count} blocks at once; at most ${MOST_BLOCKS}`);
  return count;
}
