import { RpcError } from "../../node/rpc";
import { quantity } from "../../protocol/quantity";

/** Asks L1 itself, past its gateway. */
type AskL1 = (method: string, params: unknown[]) => Promise<unknown>;

const KINDS = ["reorg BLOCKS", "outage SECONDS", "fee GWEI", "censor ADDRESS SECONDS"];
const MOST_BLOCKS = 256;
const LONGEST_SECONDS = 3_600;
const LONGEST_WAIT_MS = 120_000;

/** What an L1 does to those who live on it, on demand. */
export class L1Weather {
  private readonly l1: AskL1;

  constructor(l1: AskL1) {
    this.l1 = l1;
  }

  /** @throws RpcError -32602 where there is no such weather. */
  async make(kind: string, [first, second]: unknown[]): Promise<unknown> {
    if (kind === "reorg") return this.reorg(wholeNumber(first, MOST_BLOCKS, "blocks"));
    if (kind === "outage")
      return this.during("devnet_setOutage", [true], [false], wholeNumber(first, LONGEST_SECONDS, "seconds"));
    if (kind === "fee") {
      const gwei = wholeNumber(first, 1e9, "gwei");
      await this.l1("hardhat_setNextBlockBaseFeePerGas", [quantity(BigInt(gwei) * 10n ** 9n)]);
      return { gwei };
    }
    if (kind !== "censor")
      throw new RpcError(-32602, `no weather ${JSON.stringify(kind)}; there are ${KINDS.join(", ")}`);
    if (typeof first !== "string" || !/^0x[0-9a-fA-F]{40}$/.test(first))
      throw new RpcError(-32602, `censor takes an address, not ${JSON.stringify(first)}`);
    return this.during("devnet_setCensored", [first], [null], wholeNumber(second, LONGEST_SECONDS, "seconds"));
  }

  /**
   * The next so many blocks come, everybody sees them, and then they are gone: L1 goes on from where it was before them, with one more.
   * @returns number and hash of the block that all still share, and the numbers of those that are gone.
   */
  private async reorg(count: number): Promise<unknown> {
    const before = await this.newest();
    const snapshot = await this.l1("evm_snapshot", []);
    const end = Date.now() + LONGEST_WAIT_MS;
    while ((await this.newest()).number < before.number + count) {
      if (Date.now() > end) throw new RpcError(-32000, `L1 made no ${count} blocks to take back`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { number } = await this.newest();
    await this.l1("evm_revert", [snapshot]);
    // Longer than what was there, so that nobody takes it for an answer of yesterday.
    for (let i = before.number; i <= number; i++) await this.l1("evm_mine", []);
    return { shared: before, gone: number - before.number };
  }

  private async during(method: string, on: unknown[], off: unknown[], seconds: number): Promise<unknown> {
    await this.l1(method, on);
    setTimeout(() => void this.l1(method, off).catch(() => {}), seconds * 1_000).unref();
    return { seconds };
  }

  private async newest(): Promise<{ number: number; hash: string }> {
    const block = (await this.l1("eth_getBlockByNumber", ["latest", false])) as { number: string; hash: string };
    return { number: Number(block.number), hash: block.hash };
  }
}

function wholeNumber(value: unknown, most: number, name: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new RpcError(-32602, `${name} must be a whole number from 1 to ${most}, not ${JSON.stringify(value)}`);
}
