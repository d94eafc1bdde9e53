import type { Hex, NodeStore } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import { decodeRlp, EMPTY_TRIE_ROOT, fromHex, keccak256, rlpBytes, rlpList, toHex, type RlpItem } from "../../protocol";
import {
  compactPath,
  encodeRecord,
  hashRecord,
  leafBalance,
  NO_SUM,
  SUM_WIDTH,
  walkSumTrie,
  type LiabilityProof,
  type Sum,
} from "../../protocol/liability";

/** Pairs by the hash of their trie node: a part of the state that did not change keeps its own from block to block. */
export type SumCache = Map<Hex, Sum>;

/**
 * All that the chain owes in ether: the state trie with the sum of balances beside each node. The root's pair commits to the total, and
 * each user can check that a balance is counted in it.
 * @see docs/spec/20-liabilities.md#sum
 */
export class Liabilities {
  readonly sum: Sum;

  /**
   * @param cache - Of earlier states; takes what this one adds.
   * @param mostNodes - Of the trie: their pairs are in memory.
   * @throws SolventError `liabilities-too-many` beyond it, `preimage-missing` where the store lacks a node.
   */
  constructor(
    private readonly nodes: NodeStore,
    readonly stateRoot: Hex,
    private readonly cache: SumCache = new Map(),
    private readonly mostNodes = Infinity,
  ) {
    this.sum = stateRoot === EMPTY_TRIE_ROOT ? NO_SUM : this.sumOf(stateRoot);
  }

  get root(): Hex {
    return this.sum.hash;
  }

  get total(): bigint {
    return this.sum.total;
  }

  /** @returns undefined for an account that the state does not have. */
  prove(address: Hex): LiabilityProof | undefined {
    const key = keccak256(fromHex(address));
    const { nodes, records } = this.path(key);
    const { finding, balance } = walkSumTrie(this.stateRoot, this.sum, key, nodes, records);
    if (finding !== "counted") return undefined;
    const { root, total, stateRoot } = this;
    return { address, balance: String(balance), stateRoot, root, total: String(total), nodes, records };
  }

  /** Trie nodes from the root towards a key, and the records of the branches among them. */
  path(key: Uint8Array): { nodes: Hex[]; records: Hex[] } {
    const digits = toHex(key).slice(2);
    const [nodes, records]: [Hex[], Hex[]] = [[], []];
    let [hash, depth]: [Hex | null, number] = [this.stateRoot, 0];
    while (hash !== null) {
      const encoded = this.node(hash);
      nodes.push(toHex(encoded));
      const items: RlpItem[] = rlpList(decodeRlp(encoded));
      if (items.length === 2) {
        const { nibbles, isLeaf } = compactPath(rlpBytes(items[0]));
        if (isLeaf || !digits.startsWith(nibbles, depth)) break;
        [hash, depth] = [toHex(rlpBytes(items[1], 32)), depth + nibbles.length];
      } else {
        records.push(this.record(items));
        hash = childOf(items, parseInt(digits[depth++], 16));
      }
    }
    return { nodes, records };
  }

  /** The record of a branch of this state. */
  record(branch: readonly RlpItem[]): Hex {
    return encodeRecord(
      Array.from({ length: SUM_WIDTH }, (_, i) => {
        const child = childOf(branch, i);
        return child === null ? NO_SUM : this.sumOf(child);
      }),
    );
  }

  /** The record behind a hash, whichever branch it is of; undefined where this state has none. */
  recordBehind(hash: Hex): Hex | undefined {
    for (const [at, sum] of this.cache) {
      const items = sum.hash === hash ? rlpList(decodeRlp(this.node(at))) : [];
      if (items.length > 2) return this.record(items);
    }
    return undefined;
  }

  /** RLP of a trie node. @throws SolventError `preimage-missing`. */
  node(hash: Hex): Uint8Array {
    const encoded = this.nodes.get(fromHex(hash));
    if (encoded === undefined)
      throw new SolventError("preimage-missing", `trie node ${hash} is not in the store: it lacks this state`);
    return encoded;
  }

  /** The pair of a trie node of this state. */
  sumOf(hash: Hex): Sum {
    const known = this.cache.get(hash);
    if (known !== undefined) return known;
    const sum = this.computeSum(rlpList(decodeRlp(this.node(hash))));
    if (this.cache.size >= this.mostNodes)
      throw new SolventError(
        "liabilities-too-many",
        `the state has more than ${this.mostNodes} nodes: audit a copy of the store`,
      );
    this.cache.set(hash, sum);
    return sum;
  }

  private computeSum(items: RlpItem[]): Sum {
    if (items.length === 2)
      return compactPath(rlpBytes(items[0])).isLeaf
        ? { hash: NO_SUM.hash, total: leafBalance(items) }
        : this.sumOf(toHex(rlpBytes(items[1], 32)));
    let total = 0n;
    for (let i = 0; i < SUM_WIDTH; i++) {
      const child = childOf(items, i);
      if (child !== null) total += this.sumOf(child).total;
    }
    return { hash: hashRecord(this.record(items)), total };
  }
}

/** Hash of a branch's child; null where there is none. No node of the state trie is so short that it stands in its parent. */
export function childOf(branch: readonly RlpItem[], index: number): Hex | null {
  const child = rlpBytes(branch[index]);
  return child.length === 0 ? null : toHex(child);
}
