import { Transaction } from "ethers";
import { L1Rpc } from "../../node/l1/rpc";
import { ANVIL_NAMES } from "./calls";
import type { L1Backend } from "./types";

/** What means the whole system, on L1's RPC as on L2's; every method of `solvent_` beside these. */
const OF_THE_SYSTEM = new Set(["evm_snapshot", "evm_revert"]);
const LOOK_MS = 50;
/** L2 stands still for at most so long where L1 makes no block after its next one's time was set. */
const LONGEST_WAIT_MS = 60_000;

/**
 * The gateway of a devnet's L1: what its clients ask passes here. What means the whole system goes to the devnet; before the clock jumps,
 * L2 posts what it has confirmed and stands still until the jump is made; an L1 that is out answers nothing. The devnet itself goes
 * through by `devnet_raw`.
 */
export class Gateway implements L1Backend {
  private readonly chain: L1Backend;
  private devnet: { rpc: L1Rpc; farSeconds: number } | null = null;
  private isOut = false;
  /** Whose transactions L1 takes and never mines; null for nobody's. */
  private censored: string | null = null;

  constructor(chain: L1Backend) {
    this.chain = chain;
  }

  on(event: "message", listener: (message: { type: string; data: unknown }) => void): void {
    this.chain.on?.(event, listener);
  }

  async request(name: string, params: unknown[]): Promise<unknown> {
    if (name === "devnet_raw") return this.ofTheDevnet(params[0] as string, params[1] as unknown[]);
    if (name === "devnet_setControl") return this.setControl(params as [string, number]);
    if (this.isOut) throw new Error("this L1 is out, as the devnet was told to have it");
    if (name === "eth_sendRawTransaction" && this.censored !== null) {
      const { from, hash } = Transaction.from(params[0] as string);
      if (from?.toLowerCase() === this.censored) return hash;
    }
    const method = ANVIL_NAMES[name] ?? name;
    if (this.devnet === null) return this.chain.request(name, params);
    if (OF_THE_SYSTEM.has(method) || method.startsWith("solvent_")) return this.ask(method, params);
    if (!(await this.isFar(method, params))) return this.chain.request(name, params);
    // A jump is L1's own business: where nobody posts, it goes ahead.
    await this.ask("devnet_beforeJump", []).catch((error: unknown) => console.error("before L1's clock jumps:", error));
    try {
      return await this.chain.request(name, params);
    } finally {
      const isMade = /_mine$/.test(method);
      const made = isMade ? Promise.resolve() : this.untilNextBlock();
      void made.then(() => this.ask("devnet_afterJump", []).catch(() => {}));
    }
  }

  private ofTheDevnet(method: string, params: unknown[]): Promise<unknown> {
    if (method === "devnet_setOutage") this.isOut = params[0] === true;
    else if (method === "devnet_setCensored") this.censored = (params[0] as string | null)?.toLowerCase() ?? null;
    else return this.chain.request(method, params);
    return Promise.resolve(true);
  }

  private async setControl([url, farSeconds]: [url: string, farSeconds: number]): Promise<boolean> {
    await this.devnet?.rpc.close();
    this.devnet = { rpc: new L1Rpc(url, { retries: 0, timeoutMs: 300_000 }), farSeconds };
    return true;
  }

  /** @throws what the devnet answers, with its code. */
  private async ask(method: string, params: unknown[]): Promise<unknown> {
    const { result, error } = await this.devnet!.rpc.exchange(method, params);
    if (error !== undefined) throw Object.assign(new Error(error.message), error);
    return result;
  }

  /** Whether a call puts the clock forward by so much that blocks would become too old for a batch. */
  private async isFar(method: string, [first, second]: unknown[]): Promise<boolean> {
    const { farSeconds } = this.devnet!;
    if (method === "evm_increaseTime") return Number(first) > farSeconds;
    if (method === "hardhat_mine") return Number(first ?? 1) * Number(second ?? 1) > farSeconds;
    if (!/^evm_(setTime|setNextBlockTimestamp|mine)$/.test(method)) return false;
    const isObject = typeof first === "object" && first !== null;
    const time = isObject ? (first as { timestamp?: unknown }).timestamp : first;
    return Number(time ?? 0) - (await this.newest()).time > farSeconds;
  }

  /** A time that was set is the next block's. */
  private async untilNextBlock(): Promise<void> {
    const end = Date.now() + LONGEST_WAIT_MS;
    const { number } = await this.newest();
    while (Date.now() < end && (await this.newest().catch(() => ({ number }))).number === number)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref());
  }

  private async newest(): Promise<{ number: number; time: number }> {
    const block = await this.chain.request("eth_getBlockByNumber", ["latest", false]);
    const { number, timestamp } = block as { number: string; timestamp: string };
    return { number: Number(number), time: Number(timestamp) };
  }
}
