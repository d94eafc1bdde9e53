import { Contract, isError, type Provider, ZeroAddress } from "ethers";
import { PREDEPLOYS } from "../protocol/predeploys";
import { Spans } from "../protocol/spans";
import type { Hex } from "../protocol/types";
import { BRAKE_ABI, TOKEN_BRIDGE_ABI } from "./abi";
import { logsOf, mined } from "./deposit";
import type { LayerSigner, RollupAddresses } from "./types";
import type { WithdrawalTransaction } from "./withdrawal";

/** Blocks per question for logs, at most: what public nodes answer. */
const LOG_RANGE = 10_000;

/** A release of tokens that the token bridge has noted. Twin of `IHeldReleases.HeldRelease`. */
export interface HeldRelease {
  index: bigint;
  l1Token: Hex;
  from: Hex;
  to: Hex;
  /** Tokens of L2. */
  amount: bigint;
}

/** What waits for the brake. @see docs/spec/08-bridge.md#brake */
export interface Hold {
  /** L1 seconds from which it is paid in any case. */
  until: number;
  /** Whether the next call pays. */
  isDue: boolean;
  /** Of tokens: what `releaseHeld` pays; null where the portal pays. */
  release: HeldRelease | null;
}

/** Whether the portal holds a withdrawal back that it could pay otherwise; null where it does not, or has no brake. */
export async function holdOfWithdrawal(
  l1: Provider,
  rollup: RollupAddresses,
  { hash, value }: { hash: Hex; value: bigint },
): Promise<Hold | null> {
  return holdOf(new Contract(rollup.portal, BRAKE_ABI, l1), hash, { asset: ZeroAddress, amount: value }, null);
}

/**
 * Whether the token bridge holds back what a finalised withdrawal of tokens releases; null where it does not. Releases of the same token
 * and amount from and to the same accounts stand for one another. Asks for no log where the token has no limit.
 * @param since - L1 seconds before which nothing of it was released; asked for where it matters.
 */
export async function holdOfRelease(
  l1: Provider,
  rollup: RollupAddresses,
  { sender, target, data }: WithdrawalTransaction,
  since: () => Promise<number> = () => Promise.resolve(0),
): Promise<Hold | null> {
  if (sender !== PREDEPLOYS.l2Bridge || target !== rollup.tokenBridge.toLowerCase()) return null;
  const call = TOKEN_BRIDGE_ABI.parseTransaction({ data });
  if (call?.name !== "releaseToken") return null;
  const [l1Token, from, to, amount] = call.args as unknown as [Hex, Hex, Hex, bigint];
  const bridge = new Contract(rollup.tokenBridge, BRAKE_ABI, l1);
  const [capacity] = await (bridge.limitOf(l1Token) as Promise<bigint[]>).catch(ifUnasked([0n]));
  if (capacity === 0n) return null;
  const topics = BRAKE_ABI.encodeFilterTopics("ReleaseHeld", [null, l1Token, to]);
  const latest = await l1.getBlockNumber();
  const first = await blockAt(l1, await since(), latest);
  let found: Hold | null = null;
  const read = async (fromBlock: number, toBlock: number): Promise<void> => {
    if (found !== null) return;
    const logs = await l1.getLogs({ address: rollup.tokenBridge, topics, fromBlock, toBlock });
    for (const log of logsOf(logs, rollup.tokenBridge, BRAKE_ABI, "ReleaseHeld")) {
      if (log.from !== from || log.amount !== amount) continue;
      const release: HeldRelease = { index: log.index as bigint, l1Token, from, to, amount };
      found ??= await holdOf(bridge, log.key as Hex, { asset: l1Token, amount }, release);
    }
  };
  await new Spans(LOG_RANGE).each(first, latest, read, () => true);
  return found;
}

/** The newest block that is not later than a time; 0 where none is. */
async function blockAt(l1: Provider, seconds: number, latest: number): Promise<number> {
  let [low, high] = [0, seconds === 0 ? 0 : latest];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((await l1.getBlock(middle))!.timestamp <= seconds) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Has the token bridge pay a release that waits, for anyone. @throws what the signer throws where L1 refuses. */
export async function releaseHeld(l1: LayerSigner, rollup: RollupAddresses, release: HeldRelease): Promise<void> {
  const bridge = new Contract(rollup.tokenBridge, BRAKE_ABI, l1);
  await mined(await bridge.releaseHeld(release));
}

async function holdOf(
  contract: Contract,
  key: Hex,
  { asset, amount }: { asset: string; amount: bigint },
  release: HeldRelease | null,
): Promise<Hold | null> {
  const until = await heldUntil(contract, key);
  if (until === 0n) return null;
  const [room, block] = await Promise.all([
    contract.roomOf(asset) as Promise<bigint>,
    contract.runner!.provider!.getBlock("latest"),
  ]);
  return { until: Number(until), isDue: room >= amount || BigInt(block!.timestamp) >= until, release };
}

async function heldUntil(contract: Contract, key: Hex): Promise<bigint> {
  return (contract.heldUntil(key) as Promise<bigint>).catch(ifUnasked(0n));
}

/** What a contract stands for that reverts: a bridge without a brake does not know the question. Other failures are thrown on. */
export function ifUnasked<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isError(error, "CALL_EXCEPTION") || /revert/.test(String(error))) return value;
    throw error;
  };
}
