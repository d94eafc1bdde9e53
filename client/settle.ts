import { AbiCoder, Contract, ZeroAddress, ZeroHash, type Provider } from "ethers";
import { SETTLEMENT_ABI } from "../games/settlement";
import { outputRoot } from "../protocol";
import { quantity } from "../protocol/quantity";
import { PREDEPLOYS } from "../protocol/predeploys";
import { SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import { GAME_ABI, PORTAL_ABI } from "./abi";
import { holdOfRelease, holdOfWithdrawal, releaseHeld, type Hold } from "./brake";
import { mined } from "./deposit";
import type { LayerProvider, LayerSigner, RollupAddresses } from "./types";
import { withdrawalSlot, type Withdrawal } from "./withdrawal";

/** Assertions that are looked at in one call. */
const PAGE = 32n;
/** Fates of an assertion. Twin of `IAssertionGames.Fate`. */
const FATES = ["standing", "rivalled", "won", "lost"] as const;

/** An assertion that covers a withdrawal. */
export interface CoveringAssertion {
  /** Number in the queue. */
  index: bigint;
  l2Block: number;
  outputRoot: Hex;
  /** L1 seconds. */
  createdAt: number;
}

/**
 * Where a withdrawal is. Times are L1 seconds and say when the next step is possible if nobody rivals the assertion; a dispute
 * moves them, at most to two challenge periods after the assertion.
 */
export type WithdrawalStatus =
  /** No assertion covers it yet. */
  | { state: "waiting-for-assertion" }
  | { state: "ready-to-prove"; assertion: CoveringAssertion }
  | { state: "in-challenge-period"; expectedAt: number; isRivalled: boolean }
  | { state: "ready-to-finalize" }
  /** The brake holds it back, at most until then. */
  | { state: "held"; until: number }
  | { state: "finalized" };

/**
 * The oldest assertion among those that stand unrivalled or are confirmed whose end is the withdrawal's block or later: it is paid
 * first. @returns null where there is none yet.
 */
export async function findAssertion(
  l1: Provider,
  rollup: RollupAddresses,
  l2Block: number,
): Promise<CoveringAssertion | null> {
  const queue = new Contract(rollup.queue, SETTLEMENT_ABI, l1);
  let found: CoveringAssertion | null = null;
  const [type, count] = (await Promise.all([queue.respectedGameType(), queue.gameCount()])) as [bigint, bigint];
  for (let from = count - 1n; from >= 0n;) {
    const games = (await queue.findLatestGames(type, from, PAGE)) as {
      index: bigint;
      timestamp: bigint;
      rootClaim: Hex;
      extraData: string;
    }[];
    for (const { index, timestamp, rootClaim, extraData } of games) {
      const end = Number(AbiCoder.defaultAbiCoder().decode(["uint256"], extraData)[0]);
      if (end < l2Block) return found;
      found = { index, l2Block: end, outputRoot: rootClaim, createdAt: Number(timestamp) };
    }
    if (games.length === 0) return found;
    from = games[games.length - 1].index - 1n;
  }
  return found;
}

/** Preimage of an output root, and the trie nodes that prove a withdrawal under it. */
export interface WithdrawalProof {
  assertion: CoveringAssertion;
  output: { version: Hex; stateRoot: Hex; messagePasserStorageRoot: Hex; latestBlockhash: Hex };
  storageProof: Hex[];
}

/**
 * Makes the proof from a node of L2 and checks it against the assertion's output root, so that no wrong one is sent.
 * @throws SolventError `not-recorded` where L2 has no such withdrawal at the assertion's end, `other-chain` where the node's chain is not
 * the one that was asserted (a lie on L1, or a node that is behind).
 */
export async function buildWithdrawalProof(
  l2: LayerProvider,
  assertion: CoveringAssertion,
  { hash }: Pick<Withdrawal, "hash">,
): Promise<WithdrawalProof> {
  const tag = quantity(assertion.l2Block);
  const [proof, block] = (await Promise.all([
    l2.send("eth_getProof", [PREDEPLOYS.messagePasser, [withdrawalSlot(hash)], tag]),
    l2.send("eth_getBlockByNumber", [tag, false]),
  ])) as [{ storageHash: Hex; storageProof: { value: string; proof: Hex[] }[] }, { hash: Hex; stateRoot: Hex } | null];
  if (block === null) throw otherChain(assertion);
  const [{ value, proof: storageProof }] = proof.storageProof;
  if (BigInt(value) !== 1n)
    throw new SolventError("not-recorded", `L2 has no withdrawal ${hash} at block ${assertion.l2Block}`);
  if (outputRoot(block.stateRoot, proof.storageHash, block.hash) !== assertion.outputRoot) throw otherChain(assertion);
  const output = {
    version: ZeroHash as Hex,
    stateRoot: block.stateRoot,
    messagePasserStorageRoot: proof.storageHash,
    latestBlockhash: block.hash,
  };
  return { assertion, output, storageProof };
}

/**
 * Proves to the portal that L2 recorded the withdrawal.
 * @param asserted - By default the oldest assertion that covers it and has no rival at this moment. One that has may be named: it is compared
 * with the node's own chain first, and pays once it has won.
 * @throws SolventError `not-covered` where no assertion covers it yet, or as `buildWithdrawalProof`.
 */
export async function proveWithdrawal(
  l1: LayerSigner,
  l2: LayerProvider,
  rollup: RollupAddresses,
  withdrawal: Withdrawal,
  asserted?: CoveringAssertion,
): Promise<WithdrawalProof> {
  const assertion = asserted ?? (await findAssertion(l1.provider, rollup, withdrawal.l2Block));
  if (assertion === null)
    throw new SolventError(
      "not-covered",
      `no assertion covers L2 block ${withdrawal.l2Block} yet: wait for the next one`,
      {
        retry: true,
      },
    );
  const proof = await buildWithdrawalProof(l2, assertion, withdrawal);
  const portal = new Contract(rollup.portal, PORTAL_ABI, l1);
  const { transaction } = withdrawal;
  await mined(await portal.proveWithdrawalTransaction(transaction, assertion.index, proof.output, proof.storageProof));
  return proof;
}

/**
 * Has the portal pay a withdrawal that `submitter` (by default the signer) has proven; or, of tokens that wait for the brake, the token bridge.
 * @returns where it is then: `finalized`, or `held` by the brake.
 * @throws what the signer throws where L1 refuses.
 */
export async function finalizeWithdrawal(
  l1: LayerSigner,
  rollup: RollupAddresses,
  { hash, transaction, l2Block }: Withdrawal,
  submitter?: string,
): Promise<WithdrawalStatus> {
  const since = (): Promise<number> => assertedAt(l1.provider, rollup, l2Block);
  const portal = new Contract(rollup.portal, PORTAL_ABI, l1);
  const waiting = await holdOfRelease(l1.provider, rollup, transaction, since);
  if (waiting !== null && ((await portal.finalizedWithdrawals(hash)) as boolean)) {
    await releaseHeld(l1, rollup, waiting.release!);
    return { state: "finalized" };
  }
  const from = submitter ?? (await l1.getAddress());
  // The call demands more gas than it uses (63/64), so the estimate is taken with what it demands on top.
  const gasLimit =
    (await portal.finalizeWithdrawalTransactionExternalProof.estimateGas(transaction, from)) + MARGIN_GAS;
  await mined(await portal.finalizeWithdrawalTransactionExternalProof(transaction, from, { gasLimit }));
  const isPaid = (await portal.finalizedWithdrawals(hash)) as boolean;
  const hold = isPaid
    ? await holdOfRelease(l1.provider, rollup, transaction, since)
    : await holdOfWithdrawal(l1.provider, rollup, { hash, value: transaction.value });
  return hold === null ? { state: "finalized" } : { state: "held", until: hold.until };
}

const MARGIN_GAS = 50_000n;

/** Where a withdrawal is, as `submitter` proved it. @param submitter - Who proves it on L1; by default its target. */
export async function withdrawalStatus(
  l1: Provider,
  rollup: RollupAddresses,
  withdrawal: Withdrawal,
  submitter: string = withdrawal.transaction.target,
): Promise<WithdrawalStatus> {
  const portal = new Contract(rollup.portal, PORTAL_ABI, l1);
  if ((await portal.finalizedWithdrawals(withdrawal.hash)) as boolean) {
    const since = (): Promise<number> => assertedAt(l1, rollup, withdrawal.l2Block);
    return statusOfHold(await holdOfRelease(l1, rollup, withdrawal.transaction, since)) ?? { state: "finalized" };
  }
  const [address] = (await portal.provenWithdrawals(withdrawal.hash, submitter)) as unknown as [string, bigint];
  if (address !== ZeroAddress) {
    const game = new Contract(address, GAME_ABI, l1);
    const queue = new Contract(rollup.queue, SETTLEMENT_ABI, l1);
    const [fate] = (await queue.fateOf(await game.assertion())) as unknown as [bigint, bigint];
    const name = FATES[Number(fate)];
    if (name === "won") {
      const { hash, transaction } = withdrawal;
      const hold = await holdOfWithdrawal(l1, rollup, { hash, value: transaction.value });
      return statusOfHold(hold) ?? { state: "ready-to-finalize" };
    }
    if (name !== "lost") {
      const expectedAt = Number(await game.expectedResolution());
      return { state: "in-challenge-period", expectedAt, isRivalled: name === "rivalled" };
    }
  }
  const assertion = await findAssertion(l1, rollup, withdrawal.l2Block);
  return assertion === null ? { state: "waiting-for-assertion" } : { state: "ready-to-prove", assertion };
}

/** When the first assertion was made that covers a block, in L1 seconds: nothing of it is paid before; 0 where none is known. */
async function assertedAt(l1: Provider, rollup: RollupAddresses, l2Block: number): Promise<number> {
  return (await findAssertion(l1, rollup, l2Block))?.createdAt ?? 0;
}

function statusOfHold(hold: Hold | null): WithdrawalStatus | null {
  if (hold === null) return null;
  return hold.isDue ? { state: "ready-to-finalize" } : { state: "held", until: hold.until };
}

function otherChain({ index, l2Block }: CoveringAssertion): SolventError {
  return new SolventError(
    "other-chain",
    `assertion ${index} claims another block ${l2Block} than this node has: it is a lie, or the node is behind; wait, or ask another node`,
    { retry: true },
  );
}
