import type { ExecutedBlock, Hex, NodeStore } from "../protocol/types";
import {
  decodeHeader,
  decodeRlp,
  encodeHeader,
  encodeRlp,
  fromHex,
  keccak256,
  outputRootPreimage,
  rlpBytes,
  rlpList,
  toHex,
  type RlpItem,
} from "../protocol";
import { decodeAccount, encodeAccount } from "../node/state";
import { decodePath, toNibbles } from "../node/state/nibbles";

/**
 * The same block with more ether in one account: a complete, consistent state that no transaction led to. All its nodes are filed, so
 * that the chain can go on from there.
 * @param address - An account that exists after the block.
 * @returns the block's false twin: another state root, header and output root.
 */
export function mintInto<B extends Pick<ExecutedBlock, "headerRlp" | "stateRoot" | "messagePasserStorageRoot">>(
  nodes: NodeStore,
  block: B,
  address: Hex,
  amountWei: bigint,
): B & Pick<ExecutedBlock, "header" | "blockHash" | "outputRoot"> {
  const path = toNibbles(keccak256(fromHex(address)));
  const root = replaceLeaf(nodes, fromHex(block.stateRoot), path, (leaf) => {
    const account = decodeAccount(leaf);
    return encodeAccount({ ...account, balance: account.balance + amountWei });
  });
  const header = { ...decodeHeader(block.headerRlp), stateRoot: toHex(root) };
  const headerRlp = encodeHeader(header);
  const blockHash = put(nodes, headerRlp);
  const preimage = outputRootPreimage(header.stateRoot, block.messagePasserStorageRoot, toHex(blockHash));
  const outputRoot = toHex(put(nodes, preimage));
  return { ...block, header, headerRlp, stateRoot: header.stateRoot, blockHash: toHex(blockHash), outputRoot };
}

/** Replaces the value at a path that the trie holds. @returns the new root. */
function replaceLeaf(
  nodes: NodeStore,
  root: Uint8Array,
  path: Uint8Array,
  change: (leaf: Uint8Array) => Uint8Array,
): Uint8Array {
  const item = replaceIn(nodes, root, path, 0, change);
  return item instanceof Uint8Array && item.length === 32 ? item : put(nodes, encodeRlp(item));
}

function replaceIn(
  nodes: NodeStore,
  reference: RlpItem,
  path: Uint8Array,
  at: number,
  change: (leaf: Uint8Array) => Uint8Array,
): RlpItem {
  const isHash = reference instanceof Uint8Array;
  const encoded = isHash ? nodes.get(reference) : undefined;
  if (isHash && encoded === undefined) throw new Error(`no trie node behind ${toHex(reference)}`);
  const node = [...rlpList(isHash ? decodeRlp(encoded!) : reference)];
  if (node.length === 17) node[path[at]] = replaceIn(nodes, node[path[at]], path, at + 1, change);
  else {
    const { nibbles, isLeaf } = decodePath(rlpBytes(node[0]));
    if (nibbles.some((nibble, i) => nibble !== path[at + i])) throw new Error("the account does not exist");
    if (isLeaf) node[1] = change(rlpBytes(node[1]));
    else node[1] = replaceIn(nodes, node[1], path, at + nibbles.length, change);
  }
  const bytes = encodeRlp(node);
  return bytes.length < 32 ? node : put(nodes, bytes);
}

function put(nodes: NodeStore, bytes: Uint8Array): Uint8Array {
  const hash = keccak256(bytes);
  nodes.put(hash, bytes);
  return hash;
}
