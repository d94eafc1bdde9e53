import { Contract, ZeroAddress, type EventLog } from "ethers";
import { SETTLEMENT_ABI } from "../games/settlement";
import { SolventError } from "../protocol/errors";
import { hashRecord, type LiabilityProof, type Sum } from "../protocol/liability";
import type { Hex } from "../protocol/types";
import { SUM_ROOTS_ABI } from "./abi";
import { buildBackingEvidence, type ToldAssertion } from "./backing";
import { mined } from "./deposit";
import type { LayerProvider, LayerSigner } from "./types";

/** What was done about a posted claim; its number. One that `failed` was not dealt with, and is looked at again in the next round. */
export interface SumAct {
  kind: "refuted" | "demanded" | "lapsed" | "opened" | "settled" | "failed";
  index: number;
  /** Of a failure. */
  reason?: string;
}

interface Claim {
  assertion: Hex;
  stateRoot: Hex;
  sum: Sum;
}

/** As `rollup_judgeSum` answers. Amounts of a claim go there as quantities. */
type Move =
  | { kind: "agree" }
  | { kind: "demand"; hash: Hex; records: Hex[]; path: number[] }
  | { kind: "refute"; key: Hex; nodes: Hex[]; records: Hex[] };

/** Of the log that tells of a claim. */
interface Posted {
  assertion: Hex;
  stateRoot: Hex;
  hash: Hex;
  total: bigint;
}

/** A claim that waits, with what the guard reads of it. */
interface Open {
  sums: Contract;
  index: number;
  claim: Claim;
  posting: { settlesAt: bigint; demands: bigint };
  block: string;
}

const STATUS_OPEN = 1n;

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
  const { disputeGameIndex, output } = await buildBackingEvidence(verifier, assertion, ZeroAddress);
  const { root, total } = await liabilitiesAt(verifier, hex(assertion.l2BlockNumber));
  const sum = { hash: root, total: BigInt(total) };
  const { logs } = await mined(await sums.post(disputeGameIndex, output, sum, { value: await sums.bond() }));
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
  const queue = new Contract((await sums.queue()) as string, SETTLEMENT_ABI, l1);
  const opened = (await sums.queryFilter("Opened", fromBlock)) as EventLog[];
  const records = new Map(opened.map(({ args }) => [args.hash as Hex, args.record as Hex]));
  const acts: SumAct[] = [];
  for (const { args } of (await sums.queryFilter("Posted", fromBlock)) as EventLog[]) {
    const index = Number(args.index);
    try {
      const kind = await guardClaim(
        { sums, queue, args: args as unknown as Posted, index },
        verifier,
        records,
        fromBlock,
      );
      if (kind !== null) acts.push({ kind, index });
    } catch (error) {
      acts.push({ kind: "failed", index, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return acts;
}

async function guardClaim(
  { sums, queue, args, index }: { sums: Contract; queue: Contract; args: Posted; index: number },
  verifier: LayerProvider,
  records: Map<Hex, Hex>,
  fromBlock: number,
): Promise<SumAct["kind"] | null> {
  const posting = (await sums.postings(index)) as { status: bigint; settlesAt: bigint; demands: bigint };
  if (posting.status !== STATUS_OPEN) return null;
  const { assertion, stateRoot, hash, total } = args;
  const { l2BlockNumber } = (await queue.assertionOf(assertion)) as { l2BlockNumber: bigint };
  const claim: Claim = { assertion, stateRoot, sum: { hash, total } };
  const open: Open = { sums, index, posting, block: hex(l2BlockNumber), claim };
  const truth = await liabilitiesAt(verifier, open.block);
  // An assertion of another chain is a lie, or this node is behind: of its state nothing is known here.
  if (truth.stateRoot !== stateRoot) return null;
  const isTrue = truth.root === hash && BigInt(truth.total) === total;
  return isTrue ? defend(open, verifier, fromBlock) : attack(open, verifier, records);
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
  const settled = (await sums.settledClaim(assertion)) as Claim;
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

/** Shows what is demanded of a true claim; settles it when nothing is left to wait for. */
async function defend(
  { sums, index, claim, posting, block }: Open,
  verifier: LayerProvider,
  fromBlock: number,
): Promise<SumAct["kind"] | null> {
  if (posting.demands > 0n)
    for (const { args } of (await sums.queryFilter(sums.filters.Demanded(index), fromBlock)) as EventLog[]) {
      if ((await waitingFor(sums, index, args.hash as Hex)) === null) continue;
      const record = (await verifier.send("rollup_getSumRecord", [block, args.hash])) as Hex;
      await mined(await sums.open(index, record));
      return "opened";
    }
  if (posting.demands > 0n || (await l1Seconds(sums)) < posting.settlesAt) return null;
  await mined(await sums.settle(index, claim));
  return "settled";
}

async function attack(
  { sums, index, claim, block }: Open,
  verifier: LayerProvider,
  records: Map<Hex, Hex>,
): Promise<SumAct["kind"] | null> {
  const { hash, total } = claim.sum;
  const move = await judge(verifier, block, claim.sum, records);
  if (move.kind === "refute") {
    await mined(await sums.refute(index, claim, move.key, move.nodes, move.records));
    return "refuted";
  }
  if (move.kind === "agree") throw new Error(`the verifier agrees to ${hash} (${total}) and has another sum itself`);
  const answerBy = await waitingFor(sums, index, move.hash);
  if (answerBy === null) {
    await mined(await sums.demand(index, claim, move.records, move.path, { value: await sums.demandPrice() }));
    return "demanded";
  }
  if ((await l1Seconds(sums)) <= answerBy) return null;
  await mined(await sums.lapse(index, move.hash));
  return "lapsed";
}

/** Hands the verifier each record that it asks for and L1 has seen, until it asks for one that nobody has shown. */
async function judge(verifier: LayerProvider, block: string, sum: Sum, records: Map<Hex, Hex>): Promise<Move> {
  const given: Hex[] = [];
  for (;;) {
    const move = (await verifier.send("rollup_judgeSum", [block, sum.hash, hex(sum.total), given])) as Move;
    const record = move.kind === "demand" ? records.get(move.hash) : undefined;
    if (record === undefined) return move;
    if (hashRecord(record) !== (move as { hash: Hex }).hash) throw new Error("a record is not behind its hash");
    given.push(record);
  }
}

/** Until when a demanded record must be shown; null where nobody waits for it. */
async function waitingFor(sums: Contract, index: number, hash: Hex): Promise<bigint | null> {
  const [by, answerBy] = (await sums.demands(index, hash)) as [string, bigint];
  return by === ZeroAddress ? null : answerBy;
}

async function liabilitiesAt(verifier: LayerProvider, block: string) {
  return (await verifier.send("rollup_getLiabilities", [block])) as { stateRoot: Hex; root: Hex; total: string };
}

async function l1Seconds(sums: Contract): Promise<number> {
  return (await (sums.runner as LayerSigner).provider.getBlock("latest"))!.timestamp;
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
