import { decodeRlp, encodeRlp, fromHex, toHex } from "../protocol";
import { invariant, SolventError } from "../protocol/errors";
import type { Hex, NodeStore } from "../protocol/types";

/** Bytes that keccak-256 takes at a time. */
const BLOCK_BYTES = 136;
const KIND = { unused: 0, branch: 1, extension: 2, leaf: 3 } as const;

/** What the circuit is told of a block. @see zk/circuit/src/main.nr */
export interface Hint {
  length: number;
  kind: number;
  skip: number;
  nonce: number;
  balance: number;
}

/** A block of keccak-256: bytes of a node, and zeros behind its end. */
export interface Block {
  data: Uint8Array;
  hint: Hint;
}

/** All nodes of an account trie as the circuit reads them: parents first, children in the order in which they are named. */
export interface AccountBlocks {
  blocks: Block[];
  accounts: number;
  /** Wei of all accounts together. */
  total: bigint;
}

/**
 * Walks the whole account trie behind a state root.
 * @throws SolventError `preimage-missing` where the store lacks a node.
 */
export function accountBlocks(nodes: NodeStore, stateRoot: Hex): AccountBlocks {
  const queue = [fromHex(stateRoot)];
  const found: AccountBlocks = { blocks: [], accounts: 0, total: 0n };
  for (const hash of queue) {
    const node = nodes.get(hash);
    if (node === undefined) throw new SolventError("preimage-missing", `trie node ${toHex(hash)} is not in the store`);
    const items = decodeRlp(node) as Uint8Array[];
    const hint = { length: 0, kind: KIND.unused as number, skip: 0, nonce: 1, balance: 1 };
    if (items.length === 17) {
      hint.kind = KIND.branch;
      queue.push(...items.slice(0, 16).filter(({ length }) => length > 0));
    } else if (items[0][0] < 0x20) {
      hint.kind = KIND.extension;
      hint.skip = 1 + encodeRlp(items[0]).length;
      queue.push(items[1]);
    } else {
      const [nonce, balance] = decodeRlp(items[1]) as Uint8Array[];
      hint.kind = KIND.leaf;
      hint.nonce = encodeRlp(nonce).length;
      hint.balance = encodeRlp(balance).length;
      found.accounts++;
      found.total += balance.length === 0 ? 0n : BigInt(toHex(balance));
    }
    found.blocks.push(...cutNode(node, hint));
  }
  return found;
}

/**
 * A node as blocks.
 * @param hint - Of the node; its length is each block's own.
 */
export function cutNode(node: Uint8Array, hint: Hint): Block[] {
  invariant(
    node.length % BLOCK_BYTES !== 0,
    "no node of an account trie fills its blocks: 19 or 20 bytes and 32 a child",
  );
  return Array.from({ length: Math.ceil(node.length / BLOCK_BYTES) }, (_, i) => {
    const bytes = node.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
    const data = new Uint8Array(BLOCK_BYTES);
    data.set(bytes);
    return { data, hint: { ...hint, length: bytes.length } };
  });
}

/** A block that is not used. */
export function unusedBlock(): Block {
  const hint = { length: 0, kind: KIND.unused, skip: 0, nonce: 1, balance: 1 };
  return { data: new Uint8Array(BLOCK_BYTES), hint };
}
