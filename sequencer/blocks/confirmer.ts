import { signConfirmation, type ConfirmationDomain, type SignedConfirmation } from "../../node/rotation/confirmation";
import type { Promises } from "../../node/rotation/promises";
import { SolventError } from "../../protocol/errors";
import type { BuiltBlock } from "../../node/engine/types";
import type { Turns } from "../turns/turns";

/**
 * Signs the blocks that a leader builds in its slot.
 * SAFETY: at most one for each slot and height, whatever L1 does: a height that was signed is signed again in a later slot only, and what
 * was signed is on disk before anybody sees it. So an honest leader is never one that can be slashed (docs/spec/18-rotation.md#honest).
 */
export class Confirmer {
  /** @param privateKey - of the account that posts. */
  constructor(
    private readonly promises: Promises,
    private readonly turns: () => Promise<Turns>,
    private readonly domain: ConfirmationDomain,
    private readonly privateKey: string,
  ) {}

  /**
   * @param now - L1's time, in seconds.
   * @returns what goes to disk together with the block; null where it goes without: the slot is not this sequencer's, or is the one that
   * its disk begins with, the height was signed in it, or L1 does not say.
   */
  async confirm({ header, blockHash }: BuiltBlock, now: number): Promise<SignedConfirmation | null> {
    const { number: height, parentHash } = header;
    const own = await this.ownSlot(now);
    if (own === null || !(await this.promises.knowsOf(own.slot))) return null;
    if (this.promises.at(height).some(({ slot }) => slot >= own.slot)) return null;
    const confirmation = { slot: own.slot, height, expiry: own.ends, parentHash, blockHash };
    return signConfirmation(this.domain, confirmation, this.privateKey);
  }

  private async ownSlot(now: number): ReturnType<Turns["ownSlot"]> {
    try {
      return await (await this.turns()).ownSlot(now);
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
      return null;
    }
  }
}
