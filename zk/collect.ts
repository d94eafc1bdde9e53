import { decodeRlp, fromHex, keccak256, toHex } from "../protocol";
import { SolventError } from "../protocol/errors";
import type { Hex, NodeStore } from "../protocol/types";

/** Nibbles of a path down to a node, at most: to find an address for six takes some 16 million hashes. */
const MOST_NIBBLES = 6;

/** Trie nodes towards an account, as `eth_getProof` gives them for one that is there and for one that is not. */
export type ReadProof = (address: Hex) => Promise<readonly Hex[]>;

/**
 * Reads every node of an account trie from any node of the chain, by nothing but `eth_getProof`: for each place under a branch an address is
 * made up whose path leads there. Nothing is believed: what is not behind a hash that was asked for is not taken.
 * @throws SolventError `preimage-missing` where the node does not give what is behind a hash, `zk-too-small` for a trie that is too deep.
 */
export async function collectNodes(stateRoot: Hex, readProof: ReadProof): Promise<NodeStore> {
  const known = new Map<Hex, Uint8Array>();
  const addressAt = addressFinder();
  const queue: [hash: Hex, path: string][] = [[stateRoot, ""]];
  for (const [hash, path] of queue) {
    if (!known.has(hash))
      for (const encoded of await readProof(addressAt(path))) {
        const node = fromHex(encoded);
        known.set(toHex(keccak256(node)), node);
      }
    const node = known.get(hash);
    if (node === undefined) throw new SolventError("preimage-missing", `no trie node behind ${hash}: ask another node`);
    queue.push(...childrenOf(node, path));
  }
  return { get: (hash) => known.get(toHex(hash)), put: (hash, data) => void known.set(toHex(hash), data) };
}

/** Hashes of a node's children with their paths; none of a leaf. */
function childrenOf(node: Uint8Array, path: string): [Hex, string][] {
  const items = decodeRlp(node) as Uint8Array[];
  if (items.length === 2) {
    const digits = toHex(items[0]).slice(2);
    const flag = parseInt(digits[0], 16);
    return (flag & 2) !== 0 ? [] : [[toHex(items[1]), path + digits.slice(flag & 1 ? 1 : 2)]];
  }
  return items
    .slice(0, 16)
    .flatMap((child, i): [Hex, string][] => (child.length === 0 ? [] : [[toHex(child), path + i.toString(16)]]));
}

/** Finds addresses whose hashes begin with some nibbles; what was tried before is kept. */
function addressFinder(): (path: string) => Hex {
  const found = new Map<string, Hex>();
  let tried = 0;
  return (path) => {
    if (path.length > MOST_NIBBLES)
      throw new SolventError(
        "zk-too-small",
        `a trie of more than ${MOST_NIBBLES} levels has more accounts than can be proven`,
      );
    while (!found.has(path)) {
      const address: Hex = `0x${(tried++).toString(16).padStart(40, "0")}`;
      const digits = toHex(keccak256(fromHex(address))).slice(2);
      for (let length = 0; length <= MOST_NIBBLES; length++) {
        const prefix = digits.slice(0, length);
        if (!found.has(prefix)) found.set(prefix, address);
      }
    }
    return found.get(path)!;
  };
}
