import type { Hex } from "../../protocol/types";
import { decodeRlp, rlpBytes, rlpList, toHex, type RlpItem } from "../../protocol";
import {
  checkRecord,
  compactPath,
  decodeRecord,
  NO_SUM,
  SUM_WIDTH,
  type Sum,
  type SumFinding,
} from "../../protocol/liability";
import { childOf, type Liabilities } from "./liabilities";

/** What to do about a claim: nothing, ask for the record behind `hash`, or take it down. */
export type SumMove =
  | { kind: "agree" }
  | { kind: "demand"; hash: Hex; records: Hex[]; path: number[] }
  | { kind: "refute"; finding: SumFinding; key: Hex; nodes: Hex[]; records: Hex[] };

const KEY_DIGITS = 64;

/** A record by its hash, as L1 or the claim's maker has shown it; undefined where nobody has. */
export type ShownRecords = (hash: Hex) => Hex | undefined;

/**
 * Finds where a claim about a state parts from the truth, one branch after another: at each, some child's pair is false, or the branch
 * itself tells that the record is. So every false claim ends in a refutation, or in a demand that an honest claim would answer.
 * @see docs/spec/20-liabilities.md#complete, where this is the proof.
 */
export function challengeSum(truth: Liabilities, claimed: Sum, shown: ShownRecords): SumMove {
  if (isSame(truth.sum, claimed)) return { kind: "agree" };
  const way = { digits: "", nodes: [] as Hex[], records: [] as Hex[], path: [] as number[] };
  const refute = (finding: SumFinding): SumMove => {
    const key: Hex = `0x${way.digits.padEnd(KEY_DIGITS, "0")}`;
    return { kind: "refute", finding, key, nodes: way.nodes, records: way.records };
  };
  let [hash, sum]: [Hex, Sum] = [truth.stateRoot, claimed];
  for (;;) {
    const encoded = truth.node(hash);
    const items = rlpList(decodeRlp(encoded));
    way.nodes.push(toHex(encoded));
    if (items.length === 2) {
      const { nibbles, isLeaf } = compactPath(rlpBytes(items[0]));
      if (isLeaf) return refute("wrong-leaf");
      way.digits += nibbles;
      hash = toHex(rlpBytes(items[1], 32));
      continue;
    }
    if (sum.hash === NO_SUM.hash) return refute("no-record");
    // With the true hash and a false total the record is the truth's own.
    const record = sum.hash === truth.sumOf(hash).hash ? truth.record(items) : shown(sum.hash);
    if (record === undefined) return { kind: "demand", hash: sum.hash, records: way.records, path: way.path };
    way.records.push(record);
    const pairs = decodeRecord(record);
    const finding = checkRecord(items, sum.total, pairs);
    if (finding !== "open") return refute(finding);
    const wrong = firstWrong(truth, items, pairs);
    way.path.push(wrong);
    way.digits += wrong.toString(16);
    [hash, sum] = [childOf(items, wrong)!, pairs[wrong]];
  }
}

/** SAFETY: a record whose own sums are right, of a false pair, has a false child: else its hash and its total would be true. */
function firstWrong(truth: Liabilities, branch: readonly RlpItem[], pairs: readonly Sum[]): number {
  for (let i = 0; i < SUM_WIDTH; i++) {
    const child = childOf(branch, i);
    if (child !== null && !isSame(truth.sumOf(child), pairs[i])) return i;
  }
  throw new Error("a record without a false child is true");
}

function isSame(a: Sum, b: Sum): boolean {
  return a.hash === b.hash && a.total === b.total;
}
