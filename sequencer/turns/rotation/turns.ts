import type { L1Rpc } from "../../../node/l1/rpc";
import { RotationReader } from "../../../node/rotation/reader";
import type { Hex } from "../../../protocol/types";
import type { OwnSlot, Turns } from "../turns";

/** Of a slot, the part at its end that is left to the last batch to land in. */
const LANDING = 6;
/** Twice what a draw takes at most: a root found in the last second in which it is looked for (test/contracts/rotation/draw.test.ts). */
export const DRAW_GAS = 800_000n;

/**
 * Members in turns by time. Twin of contracts/inbox/sequencing/rotation/Rotation.sol. Whose slot it is follows from a schedule that stands
 * for two terms; L1 is asked at its tip only whether a silence has opened somebody else's slot.
 */
export class RotationTurns implements Turns {
  private readonly reader: RotationReader;
  private readonly self: Hex;

  constructor(rpc: L1Rpc, inbox: Hex, self: Hex) {
    this.reader = new RotationReader(rpc, inbox);
    this.self = self.toLowerCase() as Hex;
  }

  async obstacle(now: number): Promise<string | null> {
    const { leader, ends } = await this.reader.slotAt(now);
    if (leader === this.self || (await this.isOpen())) return null;
    return `it is the turn of ${leader ?? "any member"} until ${new Date(ends * 1_000).toISOString()}: batches wait`;
  }

  /** A silence in which nobody had anything to build is no leader's: all would build at once, and one of them lose what it confirmed. */
  async mayBuild(now: number, waitedSeconds: number): Promise<boolean> {
    const { leader } = await this.reader.slotAt(now);
    if (leader === null) return this.isOpen();
    if (leader !== this.self) return waitedSeconds > (await this.reader.graceSeconds()) && this.isOpen();
    const ahead = Math.ceil((await this.reader.slotSeconds()) / LANDING);
    return (await this.reader.slotAt(now + ahead)).leader === this.self;
  }

  async ownSlot(now: number): Promise<OwnSlot | null> {
    const { slot, ends, leader } = await this.reader.slotAt(now);
    return leader === this.self ? { slot, ends } : null;
  }

  async extraGas(): Promise<bigint> {
    return (await this.reader.isDrawn()) ? DRAW_GAS : 0n;
  }

  /** Whether the grace is over, or the slot nobody's: L1 says. */
  private isOpen(): Promise<boolean> {
    return this.reader.mayCommit(this.self);
  }
}
