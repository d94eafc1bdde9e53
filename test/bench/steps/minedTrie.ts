import { encodeRlp, keccak256, type RlpItem } from "../../../protocol";
import type { NodeStore } from "../../../protocol/types";
import { encodePath, toNibbles } from "../../../node/state/nibbles";

/**
 * The trie that an attacker would mine: each key lies `depth` full branches deep, although keys are hashes. Of the neighbours that make
 * the branches full only the hashes are there: nobody asks for what is behind them.
 * @param keys - 32 bytes each; no two with the same first `depth` nibbles.
 * @param value - Of each key, as the trie holds it.
 * @returns the root.
 */
export function minedTrie(keys: Uint8Array[], value: Uint8Array, depth: number, nodes: NodeStore): Uint8Array {
  const branch = (paths: Uint8Array[], level: number): Uint8Array => {
    const node: RlpItem[] = [];
    for (let nibble = 0; nibble < 16; nibble++) {
      const below = paths.filter((path) => path[level] === nibble);
      if (below.length === 0) node.push(keccak256(Uint8Array.of(level, nibble)));
      else if (level + 1 < depth) node.push(branch(below, level + 1));
      else if (below.length === 1) node.push(put([encodePath(below[0].subarray(depth), true), value], nodes));
      else throw new Error(`two keys share ${depth} nibbles`);
    }
    return put([...node, new Uint8Array(0)], nodes);
  };
  return branch(keys.map(toNibbles), 0);
}

function put(node: RlpItem[], nodes: NodeStore): Uint8Array {
  const encoded = encodeRlp(node);
  if (encoded.length < 32) throw new Error("a node that would stand in its parent");
  const hash = keccak256(encoded);
  nodes.put(hash, encoded);
  return hash;
}
