import type { Chain } from "../../node/chain/chain";
import type { Hex } from "../../protocol/types";
import { movementsOf } from "./books";

/** A recorded withdrawal, and the L2 block that recorded it. */
export interface Recorded {
  hash: Hex;
  block: number;
}

/** Finds the oldest withdrawal of the safe chain that L1 has not paid. Each block is read once while everything in it is paid. */
export class OldestUnpaid {
  /** Everything below `next` is paid; `hash` is that of the block before it. */
  private next = 0;
  private hash: Hex | null = null;
  private known = 0;

  constructor(
    private readonly chain: Chain,
    private readonly tokenBridge: Hex,
  ) {}

  /**
   * @param paid - Hashes of what L1 paid. @param isStopping - Asked between blocks.
   * @returns null where all is paid, or where it is to stop.
   */
  async find(paid: ReadonlySet<Hex>, isStopping: () => boolean): Promise<Recorded | null> {
    const { chain } = this;
    const isBehind = this.next > chain.safe.number + 1 || paid.size < this.known;
    if (isBehind || (this.hash !== null && chain.requireBlockAt(this.next - 1).hash !== this.hash)) this.restart();
    this.known = paid.size;
    for (; this.next <= chain.safe.number; this.next++) {
      if (isStopping()) return null;
      const block = chain.requireBlockAt(this.next);
      const { withdrawals } = movementsOf(chain.tables, block, this.tokenBridge);
      const unpaid = withdrawals.find(({ hash }) => !paid.has(hash));
      if (unpaid !== undefined) return { hash: unpaid.hash, block: this.next };
      this.hash = block.hash;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return null;
  }

  /** A reorganisation took something back. */
  private restart(): void {
    [this.next, this.hash, this.known] = [0, null, 0];
  }
}
