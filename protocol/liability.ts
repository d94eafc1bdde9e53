import { concatBytes, fromHex, toBigInt, toHex, word } from "./bytes";
import { keccak256, tag } from "./keccak";
import { decodeRlp, rlpBytes, rlpList, rlpUint, type RlpItem } from "./rlp";
import type { Hex } from "./types";

/** What stands beside a node of the state trie: the record's hash of a branch (zero for a leaf), and the wei of all accounts below. */
export interface Sum {
  hash: Hex;
  total: bigint;
}

/** What a walk finds; from `wrong-leaf` on: that the sums are false. Twin of `ISumRoots.Finding`, in its order. */
export const SUM_FINDINGS = [
  ...(["open", "counted", "absent"] as const),
  ...(["wrong-leaf", "no-record", "wrong-total", "wrong-child"] as const),
] as const;
export type SumFinding = (typeof SUM_FINDINGS)[number];

/** What a user checks a balance against: trie nodes to the account as eth_getProof gives them, and the records of the branches among them. */
export interface LiabilityProof {
  address: Hex;
  /** Wei, decimal; so is the total. */
  balance: string;
  stateRoot: Hex;
  root: Hex;
  total: string;
  nodes: Hex[];
  records: Hex[];
}

/** Children of a branch. */
export const SUM_WIDTH = 16;
const PAIR_BYTES = 64;
export const NO_SUM: Sum = { hash: toHex(word(0n)), total: 0n };
const TAG_SUM = tag("sum");

/** Checks a proof on its own, without any node: the account has this balance under the state root, and the total counts it. */
export function verifyLiability(proof: LiabilityProof): boolean {
  const sum = { hash: proof.root, total: BigInt(proof.total) };
  const key = keccak256(fromHex(proof.address));
  try {
    const { finding, balance } = walkSumTrie(proof.stateRoot, sum, key, proof.nodes, proof.records);
    return finding === "counted" && balance === BigInt(proof.balance);
  } catch {
    return false;
  }
}

/**
 * Goes down the state trie by the nibbles of `key`, and down the sums beside it, as far as the nodes lead.
 * @param nodes - RLP of trie nodes, from the root. @param records - Of the branches among them.
 * @throws Error where a node or a record is not behind its hash, RlpError where it is malformed.
 * @see contracts/solvency/SumTrie.sol, its twin.
 */
export function walkSumTrie(
  stateRoot: Hex,
  sum: Sum,
  key: Uint8Array,
  nodes: readonly Hex[],
  records: readonly Hex[],
): { finding: SumFinding; balance: bigint } {
  const path = toHex(key).slice(2);
  let [node, at, depth, used] = [stateRoot, sum, 0, 0];
  for (const encoded of nodes.map(fromHex)) {
    if (toHex(keccak256(encoded)) !== node) throw new Error(`no trie node behind ${node}`);
    const items = rlpList(decodeRlp(encoded));
    if (items.length === 2) {
      const { nibbles, isLeaf } = compactPath(rlpBytes(items[0]));
      const isOnKey = path.startsWith(nibbles, depth);
      if (isLeaf) {
        const balance = leafBalance(items);
        if (at.hash !== NO_SUM.hash || at.total !== balance) return { finding: "wrong-leaf", balance };
        return isOnKey ? { finding: "counted", balance } : { finding: "absent", balance: 0n };
      }
      if (!isOnKey) return { finding: "absent", balance: 0n };
      [depth, node] = [depth + nibbles.length, toHex(rlpBytes(items[1], 32))];
      continue;
    }
    if (at.hash === NO_SUM.hash) return { finding: "no-record", balance: 0n };
    const record = records[used++];
    if (record === undefined || hashRecord(record) !== at.hash) throw new Error(`no record behind ${at.hash}`);
    const pairs = decodeRecord(record);
    const finding = checkRecord(items, at.total, pairs);
    if (finding !== "open") return { finding, balance: 0n };
    const nibble = parseInt(path[depth++], 16);
    const child = rlpBytes(items[nibble]);
    if (child.length === 0) return { finding: "absent", balance: 0n };
    [at, node] = [pairs[nibble], toHex(child)];
  }
  return { finding: "open", balance: 0n };
}

/** Whether a branch's record is right as far as the branch alone tells: `open`, or what is wrong. */
export function checkRecord(branch: readonly RlpItem[], total: bigint, pairs: readonly Sum[]): SumFinding {
  let sum = 0n;
  for (const [i, { hash, total: part }] of pairs.entries()) {
    if (branch[i].length === 0 && (part !== 0n || hash !== NO_SUM.hash)) return "wrong-child";
    sum += part;
    if (sum > total) return "wrong-total";
  }
  return sum === total ? "open" : "wrong-total";
}

/** The 16 pairs of a branch's children, 64 bytes each. */
export function encodeRecord(pairs: readonly Sum[]): Hex {
  return toHex(concatBytes(...pairs.flatMap(({ hash, total }) => [fromHex(hash), word(total)])));
}

export function decodeRecord(record: Hex): Sum[] {
  const bytes = fromHex(record);
  return Array.from({ length: SUM_WIDTH }, (_, i) => {
    const at = PAIR_BYTES * i;
    return { hash: toHex(bytes.subarray(at, at + 32)), total: toBigInt(bytes.subarray(at + 32, at + PAIR_BYTES)) };
  });
}

/** @throws Error unless the record has 16 pairs. */
export function hashRecord(record: Hex): Hex {
  const bytes = fromHex(record);
  if (bytes.length !== SUM_WIDTH * PAIR_BYTES) throw new Error(`a record of ${bytes.length} bytes`);
  return toHex(keccak256(concatBytes(TAG_SUM, bytes)));
}

/** Balance in a leaf of the state trie. */
export function leafBalance(leaf: readonly RlpItem[]): bigint {
  return rlpUint(rlpList(decodeRlp(rlpBytes(leaf[1])), 4)[1]);
}

/** Nibbles of a compact path, as hex digits. */
export function compactPath(encoded: Uint8Array): { nibbles: string; isLeaf: boolean } {
  const digits = toHex(encoded).slice(2);
  const flag = parseInt(digits[0], 16);
  return { nibbles: digits.slice(flag & 1 ? 1 : 2), isLeaf: (flag & 2) !== 0 };
}
