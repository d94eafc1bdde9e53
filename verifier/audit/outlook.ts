import type { AssertionStatus, DisputeGame } from "../../games/game";
import type { Hex } from "../../protocol/types";

/**
 * What may come of an assertion that is open. `false-root`: it ends with another output root than this node's chain has, or behind it.
 * `disputed`: somebody disagrees with it. No finding: a lie that loses costs nobody anything.
 */
export interface Warning {
  name: "false-root" | "disputed";
  /** Of the queue. */
  assertion: number;
  /** Of L2, with which it ends. */
  block: number;
  text: string;
}

/** When the oldest withdrawal that L1 has not paid can be paid; L1 seconds. */
export interface Payout {
  hash: Hex;
  /** Of L2, that recorded it. */
  block: number;
  /** The oldest true assertion that covers it, by its number in the queue; null where there is none yet. */
  assertion: number | null;
  /** If nobody disputes that one from now on; null without one, and while it is disputed. In the past: it can be paid now. */
  payableAt: number | null;
  /** Two challenge periods after it was made, and the longest hold of a brake: the bound of docs/threat-model.md#delay. */
  latestAt: number | null;
}

/** What the stakes guard, by docs/threat-model.md#spend: safety is capital against capital. */
export interface Guard {
  /** Wei that a false assertion puts at stake. */
  stake: bigint;
  /** Ether that a liar locks at least for each that honest parties lock: the least ratio of neighbouring stakes. Null in games without. */
  ratio: number | null;
  /** Wei that honest parties must have ready so that outspending them costs as much as the ether in escrow; null without a ratio. */
  readyEther: bigint | null;
}

/** What the audit expects. */
export interface Forecast {
  /** Null where every withdrawal is paid. */
  oldest: Payout | null;
  guard: Guard;
}

/** Whether an assertion's end is a block of this node's own chain. */
export type IsTrue = (assertion: AssertionStatus) => boolean;

/** Warnings of all assertions that may still be confirmed, oldest first. */
export function warningsOf(game: Pick<DisputeGame, "assertions">, isTrue: IsTrue): Warning[] {
  const assertions = game.assertions();
  const lost = lostOf(assertions);
  return assertions.flatMap((one): Warning[] => {
    const { index: assertion, l2BlockNumber: block, outputRoot, id } = one.info;
    if (isDecided(one) || lost.has(id)) return [];
    const says = `assertion ${assertion} by ${one.staker} ends at block ${block}`;
    if (!isTrue(one))
      return [{ name: "false-root", assertion, block, text: `${says} with ${outputRoot}, which is not this chain's` }];
    return one.isRivalled
      ? [{ name: "disputed", assertion, block, text: `${says} as this chain does and is disputed` }]
      : [];
  });
}

/** Ids of those that can never be confirmed: slashed, beside a confirmed one, or on such. A parent stands before its children. */
export function lostOf(assertions: readonly AssertionStatus[]): Set<Hex> {
  const decided = new Set(assertions.filter(({ status }) => status === "confirmed").map(({ place }) => place));
  const lost = new Set<Hex>();
  for (const { info, place, status } of assertions) {
    const isBeside = status !== "confirmed" && decided.has(place);
    if (status === "slashed" || isBeside || lost.has(info.parent)) lost.add(info.id);
  }
  return lost;
}

/**
 * When a withdrawal is paid. An assertion counts where its end is this chain's; of an open one every ancestor that is still open counts
 * as well, for it is confirmed after them.
 * @param longestHoldSeconds - Of the bridge's brake; 0 without one.
 */
export function payoutOf(
  game: Pick<DisputeGame, "assertions" | "challengePeriodSeconds" | "nowSeconds">,
  { hash, block }: { hash: Hex; block: number },
  isTrue: IsTrue,
  longestHoldSeconds: number,
): Payout {
  const assertions = game.assertions();
  const lost = lostOf(assertions);
  const true_ = assertions.filter((one) => !lost.has(one.info.id) && isTrue(one));
  const covering = true_.find(({ info }) => info.l2BlockNumber >= block);
  if (covering === undefined) return { hash, block, assertion: null, payableAt: null, latestAt: null };
  const { info, created, status } = covering;
  const latestAt = created + 2 * game.challengePeriodSeconds + longestHoldSeconds;
  const line = lineOf(true_, covering);
  const left = Math.max(0, ...line.map(({ timerSeconds }) => game.challengePeriodSeconds - timerSeconds));
  const payableAt = line.some(({ isRivalled }) => isRivalled) ? null : game.nowSeconds + left;
  return { hash, block, assertion: info.index, payableAt: status === "confirmed" ? created : payableAt, latestAt };
}

/** @param stakes - Wei by level of the game; of a game without levels what an assertion takes. @param escrow - Wei. */
export function guardOf(stakes: readonly bigint[], escrow: bigint): Guard {
  // Hundredths, rounded down: what is needed is not understated.
  const ratios = stakes.slice(1).map((stake, i) => (stakes[i] * 100n) / stake);
  if (ratios.length === 0) return { stake: stakes[0], ratio: null, readyEther: null };
  const least = ratios.reduce((lowest, one) => (one < lowest ? one : lowest));
  return { stake: stakes[0], ratio: Number(least) / 100, readyEther: (escrow * 100n + least - 1n) / least };
}

/** An open assertion and those below it that are open. */
function lineOf(assertions: readonly AssertionStatus[], tip: AssertionStatus): AssertionStatus[] {
  const byId = new Map(assertions.map((one) => [one.info.id, one]));
  const line: AssertionStatus[] = [];
  for (let at: AssertionStatus | undefined = tip; at !== undefined && !isDecided(at); at = byId.get(at.info.parent))
    line.push(at);
  return line;
}

export function isDecided({ status }: AssertionStatus): boolean {
  return status === "confirmed" || status === "slashed";
}
