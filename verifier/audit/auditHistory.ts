import type { AssetAudit } from "./books";

/** The books as they were at one moment of L2. */
export interface AuditPoint {
  l1Block: number;
  l2Block: number;
  /** Seconds of that L2 block. */
  time: number;
  assets: AssetAudit[];
}

/** What was found at one moment: `Audit` without its alerts. */
interface Audited {
  l1Block: { number: number };
  l2Block: { number: number };
  assets: AssetAudit[];
}

/** Points that are kept, at most: twice as many as a picture shows. */
const MOST_POINTS = 1_024;

/** The books over time since this process started. Memory is bounded: of a long time every second point is kept, and again. */
export class AuditHistory {
  private kept: AuditPoint[] = [];

  get points(): readonly AuditPoint[] {
    return this.kept;
  }

  /** Adds what was found at an L2 block of that time. Of a stretch in which nothing changes its two ends are kept. */
  add({ l1Block, l2Block, assets }: Audited, time: number): void {
    // A reorg took back what was seen behind this block.
    while ((this.kept.at(-1)?.l2Block ?? -1) > l2Block.number) this.kept.pop();
    const [before, last] = [this.kept.at(-2), this.kept.at(-1)];
    if (before !== undefined && last !== undefined && isSame(before.assets, assets) && isSame(last.assets, assets))
      this.kept.pop();
    this.kept.push({ l1Block: l1Block.number, l2Block: l2Block.number, time, assets });
    if (this.kept.length > MOST_POINTS)
      this.kept = this.kept.filter((_, i) => i % 2 === 0 || i === this.kept.length - 1);
  }
}

function isSame(one: readonly AssetAudit[], other: readonly AssetAudit[]): boolean {
  return (
    one.length === other.length &&
    one.every((entry, i) => {
      const { asset, escrow, supply, withdrawalsUnderWay, depositsUnderWay, exited } = other[i];
      return (
        entry.asset === asset &&
        entry.escrow === escrow &&
        entry.supply === supply &&
        entry.withdrawalsUnderWay === withdrawalsUnderWay &&
        entry.depositsUnderWay === depositsUnderWay &&
        entry.exited === exited
      );
    })
  );
}
