import { Contract, isError, type Provider, ZeroAddress } from "ethers";
import { PREDEPLOYS } from "../protocol/predeploys";
import type { Hex } from "../protocol/types";
import { BRAKE_ABI, TOKEN_BRIDGE_ABI } from "./abi";
import { logsOf, mined } from "./deposit";
import type { LayerSigner, RollupAddresses } from "./types";
import type { WithdrawalTransaction } from "./withdrawal";

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
 * and amount from and to the same accounts stand for one another.
 */
export async function holdOfRelease(
  l1: Provider,
  rollup: RollupAddresses,
  { sender, target, data }: WithdrawalTransaction,
): Promise<Hold | null> {
  if (sender !== PREDEPLOYS.l2Bridge || target !== rollup.tokenBridge.toLowerCase()) return null;
  const call = TOKEN_BRIDGE_ABI.parseTransaction({ data });
  if (call?.name !== "releaseToken") return null;
  const [l1Token, from, to, amount] = call.args as unknown as [Hex, Hex, Hex, bigint];
  const bridge = new Contract(rollup.tokenBridge, BRAKE_ABI, l1);
  const filter = {
    address: rollup.tokenBridge,
    topics: BRAKE_ABI.encodeFilterTopics("ReleaseHeld", [null, l1Token, to]),
  };
  const logs = await l1.getLogs({ ...filter, fromBlock: 0 });
  for (const log of logsOf(logs, rollup.tokenBridge, BRAKE_ABI, "ReleaseHeld")) {
    if (log.from !== from || log.amount !== amount) continue;
    const release: HeldRelease = { index: log.index as bigint, l1Token, from, to, amount };
    const hold = await holdOf(bridge, log.key as Hex, { asset: l1Token, amount }, release);
    if (hold !== null) return hold;
  }
  return null;
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

/** What a bridge without a brake stands for: it does not know the question, and reverts. Other failures are thrown on. */
export function ifUnasked<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isError(error, "CALL_EXCEPTION") || /revert/.test(String(error))) return value;
    throw error;
  };
}
