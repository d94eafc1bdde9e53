import { createBlock, createBlockFromRLP, type Block, type HeaderData } from "@ethereumjs/block";
import { createCommonFromGethGenesis, parseGethGenesisState, type Common } from "@ethereumjs/common";
import { createMPT } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import {
  bytesToUnprefixedHex,
  hexToBytes,
  MapDB,
  setLengthLeft,
  type KZG,
  type PrefixedHexString,
} from "@ethereumjs/util";
import { createVM, encodeReceipt, runBlock, type TxReceipt } from "@ethereumjs/vm";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeStore } from "../../../protocol/types";

export interface ReplayedBlock {
  block: Block;
  rlp: Uint8Array;
  receipts: TxReceipt[];
  encodedReceipts: Uint8Array[];
}

export interface ReplayedChain {
  common: Common;
  blocks: ReplayedBlock[];
  nodes: NodeStore;
}

/** Replays `chain.rlp` over `genesis.json` with @ethereumjs/vm; every state along the way stays readable by its root. */
export async function replayChain(folder: string): Promise<ReplayedChain> {
  const genesis = JSON.parse(readFileSync(join(folder, "genesis.json"), "utf8"));
  const common = createCommonFromGethGenesis(genesis, { customCrypto: { kzg: {} as KZG } });
  const db = new MapDB<string, string | Uint8Array>();
  const trie = await createMPT({ useKeyHashing: true, common, db });
  const stateManager = new MerkleStateManager({ common, trie, prefixCodeHashes: false });
  const vm = await createVM({ common, stateManager, setHardfork: true });
  await stateManager.generateCanonicalGenesis(parseGethGenesisState(genesis));
  const genesisBlock = createBlock(
    { header: genesisHeader(genesis, await stateManager.getStateRoot()) },
    { common, setHardfork: true },
  );

  const rlps = splitList(readFileSync(join(folder, "chain.rlp")));
  const blocks: ReplayedBlock[] = [
    { block: genesisBlock, rlp: genesisBlock.serialize(), receipts: [], encodedReceipts: [] },
  ];
  for (const rlp of rlps) {
    const block = createBlockFromRLP(rlp, { common, setHardfork: true });
    const root = blocks[blocks.length - 1].block.header.stateRoot;
    const result = await runBlock(vm, { block, root, skipHeaderValidation: true, skipBlockValidation: true });
    const encodedReceipts = result.receipts.map((receipt, i) => encodeReceipt(receipt, block.transactions[i].type));
    blocks.push({ block, rlp, receipts: result.receipts, encodedReceipts });
  }
  const nodes: NodeStore = {
    get: (hash) => {
      const found = db._database.get(bytesToUnprefixedHex(hash));
      return found === undefined ? undefined : toBytes(found);
    },
    put: () => {
      throw new Error("the replayed chain is read-only");
    },
  };
  return { common, blocks, nodes };
}

function genesisHeader(genesis: Record<string, PrefixedHexString>, stateRoot: Uint8Array): HeaderData {
  const { gasLimit, difficulty, timestamp, extraData, mixHash, coinbase } = genesis;
  const nonce = setLengthLeft(hexToBytes(genesis.nonce), 8);
  return { number: 0, gasLimit, difficulty, timestamp, extraData, mixHash, nonce, coinbase, stateRoot };
}

function splitList(data: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = [];
  let rest: Uint8Array = data;
  while (rest.length > 0) {
    const { remainder } = RLP.decode(rest, true);
    items.push(rest.subarray(0, rest.length - remainder.length));
    rest = remainder;
  }
  return items;
}

function toBytes(value: unknown): Uint8Array {
  return typeof value === "string" ? hexToBytes(`0x${value}` as PrefixedHexString) : (value as Uint8Array);
}
