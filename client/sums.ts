import { Contract, ZeroAddress, type EventLog } from "ethers";
import { SETTLEMENT_ABI } from "../games/settlement";
import { SolventError } from "../protocol/errors";
import { SUM_ROOTS_ABI } from "../games/sums/abi";
import type { SumMove } from "../games/sums/challenge";
import { decideSum, type PostedSum, type SumCall, type SumLayer, type SumTruth } from "../games/sums/guard";
import { quantity } from "../protocol/quantity";
import { hashRecord, type LiabilityProof } from "../protocol/liability";
import type { Hex } from "../protocol/types";
import { buildBackingEvidence, type ToldAssertion } from "./backing";
import { mined } from "./deposit";
import type { LayerProvider, LayerSigner } from "./types";

/** What was done about a posted claim; its number. One that `failed` was not dealt with, and is looked at again in the next round. */
export interface SumAct {
  kind: SumCall["kind"] | "failed";
  index: number;
  /** Of a failure. */
  reason?: string;
}

/** Of the log that tells of a claim. */
interface Posted {
  assertion: Hex;
  stateRoot: Hex;
  hash: Hex;
  total: bigint;
}

/**
 * Posts what an assertion's accounts own together, as a verifier computes it from the state, with the contract's bond.
 * @returns the number of the posting. @throws as `buildBackingEvidence`, or what the signer throws.
 */
export async function postSum(
  l1: LayerSigner,
  verifier: LayerProvider,
  address: string,
  assertion: ToldAssertion,
): Promise<number> {
  const sums = new Contract(address, SUM_ROOTS_ABI, l1);
  const { output } = await buildBackingEvidence(verifier, assertion, ZeroAddress);
  const { root, total } = await liabilitiesAt(verifier, quantity(assertion.l2BlockNumber));
  const sum = { hash: root, total: BigInt(total) };
  const { logs } = await mined(await sums.post(assertion.index, output, sum, { value: await sums.bond() }));
  const posted = logs.map((log) => SUM_ROOTS_ABI.parseLog(log)).find((log) => log?.name === "Posted");
  return Number(posted!.args.index);
}

/**
 * One round of a guard: takes false claims down or demands what they hide, shows what is demanded of true ones, and settles those whose
 * time has come. Whoever runs it each quarter of the answer's time, over a verifier of its own, trusts nobody else. A claim that it fails
 * at holds up none of the others.
 * @param l1 - takes its nonce from L1 at each transaction: one that counts by itself leaves a gap behind a refused one.
 * @param fromBlock - L1 block of the contract.
 */
export async function guardSums(
  l1: LayerSigner,
  verifier: LayerProvider,
  address: string,
  fromBlock = 0,
): Promise<SumAct[]> {
  const sums = new Contract(address, SUM_ROOTS_ABI, l1);
  const layer = await layerOf(sums, l1, fromBlock);
  const truth = truthOf(verifier);
  const acts: SumAct[] = [];
  for (const { args } of (await sums.queryFilter("Posted", fromBlock)) as EventLog[]) {
    const { assertion, stateRoot, hash, total } = args as unknown as Posted;
    const index = Number(args.index);
    try {
      const call = await decideSum({ index, assertion, stateRoot, sum: { hash, total } }, layer, truth);
      if (call === null || call === "over") continue;
      await mined(await sums.getFunction(call.name)(...call.args, { value: call.value }));
      acts.push({ kind: call.kind, index });
    } catch (error) {
      acts.push({ kind: "failed", index, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return acts;
}

async function layerOf(sums: Contract, l1: LayerSigner, fromBlock: number): Promise<SumLayer> {
  const queue = new Contract((await sums.queue()) as string, SETTLEMENT_ABI, l1);
  const opened = (await sums.queryFilter("Opened", fromBlock)) as EventLog[];
  const records = new Map(opened.map(({ args }) => [args.hash as Hex, args.record as Hex]));
  return {
    account: await l1.getAddress(),
    ask: (name, args) => sums.getFunction(name).staticCallResult(...args),
    lastBlock: async (assertion) =>
      Number(((await queue.assertionOf(assertion)) as { l2BlockNumber: bigint }).l2BlockNumber),
    demanded: async (index) =>
      ((await sums.queryFilter(sums.filters.Demanded(index), fromBlock)) as EventLog[]).map(
        ({ args }) => args.hash as Hex,
      ),
    seconds: async () => (await l1.provider.getBlock("latest"))!.timestamp,
    shown: (hash) => records.get(hash),
  };
}

function truthOf(verifier: LayerProvider): SumTruth {
  return {
    async sumAfter(l2Block) {
      const { stateRoot, root, total } = await liabilitiesAt(verifier, quantity(l2Block));
      return { stateRoot, sum: { hash: root, total: BigInt(total) } };
    },
    /** Hands the verifier each record that it asks for and L1 has seen, until it asks for one that nobody has shown. */
    async judge(l2Block, { hash, total }, shown) {
      const given: Hex[] = [];
      for (;;) {
        const params = [quantity(l2Block), hash, quantity(total), given];
        const move = (await verifier.send("rollup_judgeSum", params)) as SumMove;
        const record = move.kind === "demand" ? shown(move.hash) : undefined;
        if (record === undefined) return move;
        if (hashRecord(record) !== (move as { hash: Hex }).hash) throw new Error("a record is not behind its hash");
        given.push(record);
      }
    },
    record: async (l2Block, hash) => (await verifier.send("rollup_getSumRecord", [quantity(l2Block), hash])) as Hex,
  };
}

/**
 * Asks the contract whether a proof's balance is counted in what is settled of an assertion.
 * @param proof - Of the assertion's block (`fetchLiability`).
 * @returns the settled total in wei, or null while nothing is settled.
 * @throws SolventError `liability-proof-wrong` where the proof is of another state or sum than the settled one.
 */
export async function checkSettled(
  l1: LayerProvider,
  address: string,
  assertion: Hex,
  proof: LiabilityProof,
): Promise<bigint | null> {
  const sums = new Contract(address, SUM_ROOTS_ABI, l1);
  const [total, isProven] = (await sums.sumOf(assertion)) as [bigint, boolean];
  if (!isProven) return null;
  const settled = (await sums.settledClaim(assertion)) as PostedSum;
  const isSame = settled.stateRoot === proof.stateRoot && settled.sum.hash === proof.root;
  const counted = isSame
    ? ((await sums.balanceIn(assertion, proof.address, proof.nodes, proof.records)) as bigint)
    : null;
  if (counted !== BigInt(proof.balance))
    throw new SolventError(
      "liability-proof-wrong",
      `the proof for ${proof.address} is of another state or sum than L1 has settled`,
    );
  return total;
}

async function liabilitiesAt(verifier: LayerProvider, block: string) {
  return (await verifier.send("rollup_getLiabilities", [block])) as { stateRoot: Hex; root: Hex; total: string };
}
