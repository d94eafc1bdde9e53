import type { Hex, NodeStore } from "../../protocol/types";
import { encodeRlp, EMPTY_TRIE_ROOT, keccak256, toHex, type RlpItem } from "../../protocol";
import { encodePath, toNibbles } from "./nibbles";

type Entry = { path: Uint8Array; value: Uint8Array };

/**
 * Builds a Merkle-Patricia trie from scratch and files its nodes.
 * @param entries - Keys (all of one length, no two equal) with their non-empty values.
 * @returns the root.
 */
export function buildTrie(entries: Iterable<readonly [Uint8Array, Uint8Array]>, nodes: NodeStore): Hex {
  const sorted: Entry[] = [...entries].map(([key, value]) => ({ path: toNibbles(key), value }));
  if (sorted.length === 0) return EMPTY_TRIE_ROOT;
  sorted.sort((a, b) => Buffer.compare(a.path, b.path));
  const root = encodeRlp(node(sorted, 0, sorted.length, 0, nodes));
  const hash = keccak256(root);
  nodes.put(hash, root);
  return toHex(hash);
}

function node(entries: Entry[], from: number, to: number, depth: number, nodes: NodeStore): RlpItem[] {
  const first = entries[from].path;
  if (to - from === 1) return [encodePath(first.subarray(depth), true), entries[from].value];
  const last = entries[to - 1].path;
  let common = depth;
  while (first[common] === last[common]) common++;
  if (common > depth) {
    return [encodePath(first.subarray(depth, common), false), reference(node(entries, from, to, common, nodes), nodes)];
  }
  const branch: RlpItem[] = [];
  let start = from;
  for (let nibble = 0; nibble < 16; nibble++) {
    let end = start;
    while (end < to && entries[end].path[depth] === nibble) end++;
    branch.push(end === start ? new Uint8Array(0) : reference(node(entries, start, end, depth + 1, nodes), nodes));
    start = end;
  }
  branch.push(new Uint8Array(0));
  return branch;
}

/** A node of less than 32 bytes stands in its parent, a longer one behind its hash. */
function reference(item: RlpItem[], nodes: NodeStore): RlpItem {
  const encoded = encodeRlp(item);
  if (encoded.length < 32) return item;
  const hash = keccak256(encoded);
  nodes.put(hash, encoded);
  return hash;
}
