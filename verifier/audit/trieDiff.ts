import type { Hex, NodeStore } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import { decodeRlp, EMPTY_TRIE_ROOT, encodeRlp, fromHex, keccak256, toHex, type RlpItem } from "../../protocol";

/** Leaves that differ between two tries, by their path (the hashed key, as hex digits); null where there is none. */
export interface LeafChange {
  path: string;
  before: Uint8Array | null;
  after: Uint8Array | null;
}

/**
 * Walks two tries side by side, leaving out whatever they share: the cost grows with what differs, not with the state.
 * @param before, after - roots; the empty trie's root walks all of the other.
 * @throws SolventError `preimage-missing` where the store lacks a node.
 */
export function* trieDiff(nodes: NodeStore, before: Hex, after: Hex): Generator<LeafChange> {
  yield* walk(nodes, rootRef(before), rootRef(after), "");
}

type Ref = RlpItem | null;

function rootRef(root: Hex): Ref {
  return root === EMPTY_TRIE_ROOT ? null : fromHex(root);
}

function* walk(nodes: NodeStore, before: Ref, after: Ref, path: string): Generator<LeafChange> {
  if (sameRef(before, after)) return;
  const [a, b] = [load(nodes, before), load(nodes, after)];
  if ((a === null || a.length === 17) && (b === null || b.length === 17)) {
    for (let i = 0; i < 16; i++) yield* walk(nodes, childOf(a, i), childOf(b, i), path + i.toString(16));
    return;
  }
  // Shapes differ: list both subtrees and compare leaf by leaf.
  const old = new Map(leaves(nodes, a, path));
  for (const [key, value] of leaves(nodes, b, path)) {
    const was = old.get(key) ?? null;
    old.delete(key);
    if (was === null || toHex(was) !== toHex(value)) yield { path: key, before: was, after: value };
  }
  for (const [key, value] of old) yield { path: key, before: value, after: null };
}

function* leaves(nodes: NodeStore, node: RlpItem[] | null, path: string): Generator<[string, Uint8Array]> {
  if (node === null) return;
  if (node.length === 17) {
    for (let i = 0; i < 16; i++) yield* leaves(nodes, load(nodes, childOf(node, i)), path + i.toString(16));
    return;
  }
  const { nibbles, isLeaf } = compactPath(node[0] as Uint8Array);
  if (isLeaf) yield [path + nibbles, node[1] as Uint8Array];
  else yield* leaves(nodes, load(nodes, node[1]), path + nibbles);
}

function childOf(node: RlpItem[] | null, index: number): Ref {
  if (node === null) return null;
  const child = node[index];
  return child instanceof Uint8Array && child.length === 0 ? null : child;
}

function load(nodes: NodeStore, ref: Ref): RlpItem[] | null {
  if (ref === null) return null;
  if (Array.isArray(ref)) return ref;
  const bytes = nodes.get(ref);
  if (bytes === undefined) throw new SolventError("preimage-missing", `trie node ${toHex(ref)} is not in the store`);
  return decodeRlp(bytes) as RlpItem[];
}

function sameRef(a: Ref, b: Ref): boolean {
  if (a === null || b === null) return a === b;
  return toHex(hashOf(a)) === toHex(hashOf(b));
}

function hashOf(ref: RlpItem): Uint8Array {
  return ref instanceof Uint8Array ? ref : keccak256(encodeRlp(ref));
}

function compactPath(encoded: Uint8Array): { nibbles: string; isLeaf: boolean } {
  const digits = toHex(encoded).slice(2);
  const flag = parseInt(digits[0], 16);
  return { nibbles: digits.slice(flag & 1 ? 1 : 2), isLeaf: (flag & 2) !== 0 };
}
