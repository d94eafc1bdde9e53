import { Contract, type Provider, ZeroAddress } from "ethers";
import { BRAKE_ABI, GAME_ABI } from "../client/abi";
import { ifUnasked } from "../client/brake";
import { SETTLEMENT_ABI } from "../games/settlement";
import type { Chain } from "../node/chain/chain";
import type { Hex } from "../protocol/types";

/** The newest assertions that are looked at: more than any chain of unconfirmed ones that honest parties make in a day. */
const LOOKED_AT = 32n;
/** Twin of `IAssertionGames.Fate`. */
const FATES = ["standing", "rivalled", "won", "lost"] as const;
type Fate = (typeof FATES)[number];

interface Assertion {
  id: Hex;
  index: bigint;
  outputRoot: Hex;
  l2Block: number;
  game: Hex;
  fate: Fate;
}

export interface OutlookOptions {
  /** Seconds until the next assertion, where none covers a block. */
  assertionSeconds: number;
  /** Whether a false root or a dispute is no trouble but the longest wait. */
  buysInDisputes: boolean;
}

/** What L1 says of when, and whether at all, it is wise to wait for a withdrawal. */
export interface Outlook {
  /** Why nothing is bought now; null where nothing speaks against it. */
  trouble: string | null;
  /** Seconds until the portal pays a withdrawal of that block and value. */
  waitSeconds(l2Block: number, value: bigint): Promise<bigint>;
}

/**
 * Reads the newest assertions and judges each by this node's own chain. A false root that stands, or a dispute, is trouble: the true one
 * wins, but when is up to the liar, so a careful maker keeps its ether until the verdict.
 */
export async function readOutlook(
  l1: Provider,
  { queue, portal }: { queue: string; portal: string },
  chain: Chain,
  { assertionSeconds, buysInDisputes }: OutlookOptions,
): Promise<Outlook> {
  const settlement = new Contract(queue, SETTLEMENT_ABI, l1);
  const assertions = await newest(settlement);
  // The oldest is named: what builds on it is in the same trouble.
  const trouble = assertions.map((one) => troubleWith(one, chain)).findLast((text) => text !== null) ?? null;
  return {
    trouble: buysInDisputes ? null : trouble,
    async waitSeconds(l2Block, value) {
      const [challengePeriod, block, drain] = await Promise.all([
        settlement.challengePeriod() as Promise<bigint>,
        l1.getBlock("latest"),
        drainTime(new Contract(portal, BRAKE_ABI, l1), value),
      ]);
      const next = BigInt(assertionSeconds) + drain;
      // Whoever fights can make it twice the period (docs/threat-model.md#delay).
      if (trouble !== null) return next + 2n * challengePeriod;
      const covering = assertions.filter((one) => one.l2Block >= l2Block && one.fate !== "lost");
      if (covering.some(({ fate }) => fate === "won")) return drain;
      // The oldest that covers it is paid first.
      const oldest = covering.at(-1);
      if (oldest === undefined) return next + challengePeriod;
      const expected = (await new Contract(oldest.game, GAME_ABI, l1).expectedResolution()) as bigint;
      const left = expected - BigInt(block!.timestamp);
      return (left > 0n ? left : 0n) + drain;
    },
  };
}

/** Newest first. */
async function newest(settlement: Contract): Promise<Assertion[]> {
  const count = (await settlement.gameCount()) as bigint;
  const first = count > LOOKED_AT ? count - LOOKED_AT : 0n;
  const indexes = Array.from({ length: Number(count - first) }, (_, i) => count - 1n - BigInt(i));
  return Promise.all(
    indexes.map(async (index) => {
      const { proxy: game } = (await settlement.gameAtIndex(index)) as unknown as { proxy: Hex };
      const { id, outputRoot, l2BlockNumber } = (await settlement.assertionOfGame(game)) as unknown as {
        id: Hex;
        outputRoot: Hex;
        l2BlockNumber: bigint;
      };
      const [fate] = (await settlement.fateOf(id)) as unknown as [bigint, bigint];
      return { id, index, outputRoot, l2Block: Number(l2BlockNumber), game, fate: FATES[Number(fate)] };
    }),
  );
}

function troubleWith({ index, fate, outputRoot, l2Block }: Assertion, chain: Chain): string | null {
  if (fate === "lost" || fate === "won") return null;
  if (fate === "rivalled") return `assertion ${index}, which ends at block ${l2Block}, or one below it, is disputed`;
  if (l2Block > chain.safe.number)
    return `assertion ${index} ends at block ${l2Block}, which this node has not derived yet`;
  const own = chain.requireBlockAt(l2Block).outputRoot;
  return own === outputRoot
    ? null
    : `assertion ${index} claims a false root for block ${l2Block}: ${outputRoot}, and it is ${own}`;
}

/** What a brake on ether may add for a payment of that value. */
async function drainTime(portal: Contract, value: bigint): Promise<bigint> {
  const room = await (portal.roomOf(ZeroAddress) as Promise<bigint>).catch(ifUnasked(null));
  if (room === null || value <= room) return 0n;
  const [, seconds] = (await portal.limitOf(ZeroAddress)) as unknown as [bigint, bigint];
  return seconds;
}
