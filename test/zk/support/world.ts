import type { Context } from "mocha";
import { genesisFromJson, type GenesisJson } from "../../../node/state";
import { keccak256, toHex } from "../../../protocol";
import type { Hex, NodeStore } from "../../../protocol/types";
import { accountBlocks, type AccountBlocks } from "../../../zk/blocks";
import { INSTALL, isInstalled } from "../../../zk/tools";

/** Passes a suite over where the prover is not installed. */
export function requireProver(suite: Context): void {
  if (isInstalled()) return;
  console.log(`      skipped: no prover here; ${INSTALL}`);
  suite.skip();
}

export type Alloc = GenesisJson["alloc"];

/** A state of these accounts alone, and its trie as blocks. */
export function worldOf(alloc: Alloc): { stateRoot: Hex; nodes: NodeStore; trie: AccountBlocks } {
  const nodes = memoryStore();
  const { stateRoot } = genesisFromJson({ alloc, gasLimit: 30_000_000, config: { chainId: 1 } }, nodes);
  return { stateRoot, nodes, trie: accountBlocks(nodes, stateRoot) };
}

export function memoryStore(): NodeStore {
  const nodes = new Map<string, Uint8Array>();
  return {
    get: (hash) => nodes.get(toHex(hash)),
    put: (hash, data) => void nodes.set(toHex(hash), data),
  };
}

/** Addresses whose paths in the trie begin with these nibbles. */
export function addressesAt(nibbles: string, count: number): Hex[] {
  const found: Hex[] = [];
  for (let i = 1; found.length < count; i++) {
    const address: Hex = `0x${i.toString(16).padStart(40, "0")}`;
    if (toHex(keccak256(Buffer.from(address.slice(2), "hex"))).startsWith(`0x${nibbles}`)) found.push(address);
  }
  return found;
}
