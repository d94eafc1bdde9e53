import type { Hex, NodeStore } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import {
  decodeRlp,
  EMPTY_CODE_HASH,
  EMPTY_TRIE_ROOT,
  encodeRlp,
  fromHex,
  keccak256,
  rlpBytes,
  rlpInteger,
  rlpList,
  rlpUint,
  toBigInt,
  toHex,
  word,
  type RlpItem,
} from "../../protocol";
import { decodePath, toNibbles } from "./nibbles";
import type { Account, AccountProof, StateReader } from "./types";

const NO_ACCOUNT: Account = { nonce: 0n, balance: 0n, storageRoot: EMPTY_TRIE_ROOT, codeHash: EMPTY_CODE_HASH };

/** Reads the state behind `stateRoot` from the store. Cheap to create; holds no cache. */
export function createStateReader(nodes: NodeStore, stateRoot: Hex): StateReader {
  const account = (address: Hex, path?: Uint8Array[]): Account | undefined => {
    const leaf = getFromTrie(nodes, stateRoot, fromHex(address), path);
    return leaf === undefined ? undefined : decodeAccount(leaf);
  };
  const storage = (root: Hex, slot: bigint, path?: Uint8Array[]): bigint => {
    const value = getFromTrie(nodes, root, word(slot), path);
    return value === undefined ? 0n : toBigInt(rlpBytes(decodeRlp(value)));
  };
  return {
    account: (address) => account(address),
    code(address) {
      const codeHash = account(address)?.codeHash ?? EMPTY_CODE_HASH;
      return codeHash === EMPTY_CODE_HASH ? new Uint8Array(0) : requireBytes(nodes, fromHex(codeHash), "code");
    },
    storage: (address, slot) => storage(account(address)?.storageRoot ?? EMPTY_TRIE_ROOT, slot),
    proof(address, slots): AccountProof {
      const accountProof: Uint8Array[] = [];
      const found = account(address, accountProof) ?? NO_ACCOUNT;
      const storageProof = slots.map((slot) => {
        const proof: Uint8Array[] = [];
        const value = storage(found.storageRoot, slot, proof);
        return { key: toHex(word(slot)), value, proof: proof.map(toHex) };
      });
      return { ...found, address, accountProof: accountProof.map(toHex), storageProof };
    },
  };
}

/** Decodes the leaf of an account: `rlp([nonce, balance, storageRoot, codeHash])`. */
export function decodeAccount(leaf: Uint8Array): Account {
  const [nonce, balance, storageRoot, codeHash] = rlpList(decodeRlp(leaf), 4);
  return {
    nonce: rlpUint(nonce, 8),
    balance: rlpUint(balance),
    storageRoot: toHex(rlpBytes(storageRoot, 32)),
    codeHash: toHex(rlpBytes(codeHash, 32)),
  };
}

/** The leaf of an account. */
export function encodeAccount(account: Account): Uint8Array {
  return encodeRlp([
    rlpInteger(account.nonce),
    rlpInteger(account.balance),
    fromHex(account.storageRoot),
    fromHex(account.codeHash),
  ]);
}

/**
 * The value behind keccak(key), or undefined.
 * @param path - Receives the RLP of each node that has a hash of its own, from the root.
 */
function getFromTrie(nodes: NodeStore, root: Hex, key: Uint8Array, path?: Uint8Array[]): Uint8Array | undefined {
  if (root === EMPTY_TRIE_ROOT) return undefined;
  const nibbles = toNibbles(keccak256(key));
  let at = 0;
  let item: RlpItem = fromHex(root);
  for (;;) {
    if (item instanceof Uint8Array) {
      if (item.length === 0) return undefined;
      const encoded = requireBytes(nodes, item, "trie node");
      path?.push(encoded);
      item = decodeRlp(encoded);
    }
    const node: RlpItem[] = rlpList(item);
    if (node.length === 17) {
      item = node[nibbles[at]];
      at += 1;
      continue;
    }
    const { nibbles: shared, isLeaf } = decodePath(rlpBytes(node[0]));
    for (let i = 0; i < shared.length; i++) if (shared[i] !== nibbles[at + i]) return undefined;
    at += shared.length;
    if (isLeaf) return rlpBytes(node[1]);
    item = node[1];
  }
}

function requireBytes(nodes: NodeStore, hash: Uint8Array, what: string): Uint8Array {
  const bytes = nodes.get(hash);
  if (bytes === undefined) {
    throw new SolventError("preimage-missing", `no ${what} behind ${toHex(hash)}: the store lacks this state`);
  }
  return bytes;
}
