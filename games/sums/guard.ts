import { ZeroAddress, type Result } from "ethers";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { Sum } from "../../protocol/liability";
import type { ShownRecords, SumMove } from "./challenge";

const STATUS_OPEN = 1n;

/** What the log tells of a claim. */
export interface PostedSum {
  index: number;
  assertion: Hex;
  stateRoot: Hex;
  sum: Sum;
}

/** L1 as a guard reads it. */
export interface SumLayer {
  /** Who sends what is decided here. */
  readonly account: string;
  /** What a view of the contract that has the claims returns. */
  ask(name: string, args: unknown[]): Promise<Result>;
  /** The block that an assertion ends with. */
  lastBlock(assertion: Hex): Promise<number>;
  /** Hashes of the records that somebody has ever demanded of a claim. */
  demanded(index: number): Promise<Hex[]>;
  /** L1's time. */
  seconds(): Promise<number>;
  readonly shown: ShownRecords;
}

/** The state after a block, as the guard's own node has it. */
export interface SumTruth {
  /** Null where it does not have the block. */
  sumAfter(l2Block: number): Promise<{ stateRoot: Hex; sum: Sum } | null>;
  judge(l2Block: number, claimed: Sum, shown: ShownRecords): Promise<SumMove>;
  /** The record behind a hash. */
  record(l2Block: number, hash: Hex): Promise<Hex>;
}

/** One call of the contract. */
export interface SumCall {
  kind: "refuted" | "demanded" | "lapsed" | "opened" | "settled";
  index: number;
  /** Of the function. */
  name: string;
  args: unknown[];
  /** In wei. */
  value: bigint;
}

interface Open {
  posted: PostedSum;
  posting: { poster: string; settlesAt: bigint; demands: bigint };
  l2Block: number;
}

/**
 * What a guard does about a posted claim now: takes a false one down or demands what it hides, shows what is demanded of a true one, and
 * settles the first of an assertion, and its own, when their time has come.
 * @returns the call; null where there is nothing to do or to wait for; `over` where the claim has fallen or is settled.
 * @throws SolventError `l1-logs-missing` where those of demands are.
 * @see docs/spec/20-liabilities.md#complete
 */
export async function decideSum(posted: PostedSum, layer: SumLayer, truth: SumTruth): Promise<SumCall | "over" | null> {
  const [posting] = (await layer.ask("postings", [posted.index])) as unknown as [Open["posting"] & { status: bigint }];
  if (posting.status !== STATUS_OPEN) return "over";
  const open: Open = { posted, posting, l2Block: await layer.lastBlock(posted.assertion) };
  const own = await truth.sumAfter(open.l2Block);
  // An assertion of another chain is a lie, or this node is behind: of its state nothing is known here.
  if (own?.stateRoot !== posted.stateRoot) return null;
  const isTrue = own.sum.hash === posted.sum.hash && own.sum.total === posted.sum.total;
  return isTrue ? defend(open, layer, truth) : attack(open, layer, truth);
}

/** Shows what is demanded of a true claim; settles it when nothing is left to wait for. */
async function defend({ posted, posting, l2Block }: Open, layer: SumLayer, truth: SumTruth): Promise<SumCall | null> {
  const { index, assertion } = posted;
  if (posting.demands > 0n) {
    for (const hash of await layer.demanded(index)) {
      if ((await waitingFor(layer, index, hash)) === null) continue;
      const args = [index, await truth.record(l2Block, hash)];
      return { kind: "opened", index, name: "open", args, value: 0n };
    }
    throw missing(`${posting.demands} demands of claim ${index} wait, and its logs tell of none of them`);
  }
  if (BigInt(await layer.seconds()) < posting.settlesAt) return null;
  const isOwn = posting.poster.toLowerCase() === layer.account.toLowerCase();
  // Only the first counts; whoever posted another gets the bond back by a call of their own.
  if (!isOwn && (await layer.ask("sumOf", [assertion]))[1] === true) return null;
  return { kind: "settled", index, name: "settle", args: [index, claimOf(posted)], value: 0n };
}

async function attack({ posted, l2Block }: Open, layer: SumLayer, truth: SumTruth): Promise<SumCall | null> {
  const { index, sum } = posted;
  const claim = claimOf(posted);
  const move = await truth.judge(l2Block, sum, layer.shown);
  if (move.kind === "agree")
    throw new Error(`the node agrees to ${sum.hash} (${sum.total}) and has another sum itself`);
  if (move.kind === "refute") {
    const args = [index, claim, move.key, move.nodes, move.records];
    return { kind: "refuted", index, name: "refute", args, value: 0n };
  }
  const answerBy = await waitingFor(layer, index, move.hash);
  if (answerBy === null) {
    const args = [index, claim, move.records, move.path];
    const [value] = (await layer.ask("demandPrice", [])) as unknown as [bigint];
    return { kind: "demanded", index, name: "demand", args, value };
  }
  if (BigInt(await layer.seconds()) <= answerBy) return null;
  return { kind: "lapsed", index, name: "lapse", args: [index, move.hash], value: 0n };
}

/** What a node gives of logs is less than the contract has. */
export function missing(what: string): SolventError {
  return new SolventError("l1-logs-missing", `L1 says that ${what}: all of them are read anew`, { retry: true });
}

/** Until when a demanded record must be shown; null where nobody waits for it. */
async function waitingFor(layer: SumLayer, index: number, hash: Hex): Promise<bigint | null> {
  const [by, answerBy] = (await layer.ask("demands", [index, hash])) as unknown as [string, bigint];
  return by === ZeroAddress ? null : answerBy;
}

function claimOf({ assertion, stateRoot, sum }: PostedSum): object {
  return { assertion, stateRoot, sum };
}
