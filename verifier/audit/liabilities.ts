import { MerkleSumTree } from "merkletreejs";
import type { Hex, NodeStore } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import { fromHex, keccak256, toHex, word } from "../../protocol";
import { liabilityLeaf, type LiabilityProof } from "../../protocol/liability";
import { balances } from "./supply";

/** Sums of wei need the whole word; the library's own take eight bytes. */
class WordSumTree extends MerkleSumTree {
  override sizeToBuffer(size: bigint): Buffer {
    return Buffer.from(word(size));
  }
}

const hash = (value: unknown): Buffer => Buffer.from(keccak256(value as Uint8Array));

/**
 * All that the chain owes in ether, as a Merkle sum tree over its accounts (ordered by the hash of their addresses): the root
 * commits to the total, and each user can check that a balance is counted in it.
 */
export class Liabilities {
  private readonly tree: WordSumTree;
  private readonly entries: { addressHash: Uint8Array; balance: bigint }[];

  /** @throws SolventError `liabilities-too-many` beyond `mostAccounts`: the tree is held in memory. */
  constructor(nodes: NodeStore, stateRoot: Hex, mostAccounts = Infinity) {
    this.entries = balances(nodes, stateRoot);
    if (this.entries.length > mostAccounts)
      throw new SolventError(
        "liabilities-too-many",
        `more than ${mostAccounts} accounts hold ether: audit a copy of the store`,
      );
    let sum = 0n;
    const leaves = this.entries.map(({ addressHash, balance }) => {
      const leaf = new SumLeaf(sum, balance, liabilityLeaf(addressHash, balance));
      sum += balance;
      return leaf;
    });
    this.tree = new WordSumTree(leaves as never, hash as never);
  }

  get root(): Hex {
    return toHex(this.tree.root.hashed);
  }

  get total(): bigint {
    return this.tree.root.size as bigint;
  }

  /** @returns undefined for an account without ether. */
  prove(address: Hex): LiabilityProof | undefined {
    const key = toHex(keccak256(fromHex(address)));
    const index = this.entries.findIndex((entry) => toHex(entry.addressHash) === key);
    if (index < 0) return undefined;
    const steps: LiabilityProof["steps"] = [];
    for (let bucket = this.tree.buckets[index]; bucket.parent !== null; bucket = bucket.parent) {
      const isRight = bucket.right !== null;
      const sibling = (isRight ? bucket.right : bucket.left)!;
      steps.push({ hash: toHex(sibling.hashed), sum: String(sibling.size), isRight });
    }
    const { balance } = this.entries[index];
    return { address, balance: String(balance), root: this.root, total: String(this.total), steps };
  }
}

/** A leaf as MerkleSumTree takes it: a range whose length is the balance, and the hashed bytes. */
class SumLeaf {
  readonly rng: [bigint, bigint];

  constructor(
    from: bigint,
    balance: bigint,
    private readonly data: Uint8Array,
  ) {
    this.rng = [from, from + balance];
  }

  getBucket(): object {
    return { size: this.rng[1] - this.rng[0], hashed: hash(this.data), parent: null, left: null, right: null };
  }
}
