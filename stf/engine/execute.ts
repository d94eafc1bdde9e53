/*
 * Operation executeBlock: a block whose environment is said explicitly. Whoever calls takes the new header and the receipts from the hints.
 *
 *   ENGINE + 0x000  words, big-endian: parent hash | parent state root | base fee | coinbase | prevRandao | parent beacon root
 *                   | chain id where the state has none | BLOBBASEFEE
 *   ENGINE + 0x100  u64: number | timestamp | gas limit | excess blob gas; u32: length of extra data | own writes of the block
 *                   | length of the parent's header or 0
 *   ENGINE + 0x140  extra data, at most 256 bytes
 *   ENGINE + 0x240  the parent's header where the base fee shall follow from it, at most 1,024 bytes
 *   ENGINE + 0x640  the transactions' EIP-2718 bytes, wherever the caller puts them
 */
import { copyBytes } from "../bytes";
import { nextBaseFee } from "../block/baseFee";
import { addTransaction, beginBareBlock, beginBlock, sealBlock } from "../block/block";
import { EXTRA_DATA, readParent, setNoRequests } from "../block/header";
import { ENV_BASE_FEE } from "../evm/environment";
import { ENGINE } from "../memory";
import { openEnvironment } from "./environment";

/** Own writes: none, as the rollup's, as the rollup's and the beacon root of L1. */
const WRITES_NONE: u32 = 0;
const WRITES_L1: u32 = 2;

let extraLength: u32 = 0;
let excessBlobGas: u64 = 0;

/** Opens the parent's state and starts the block that ENGINE describes. */
export function executeBegin(): void {
  openEnvironment();
  excessBlobGas = load<u64>(ENGINE + 0x118);
  extraLength = load<u32>(ENGINE + 0x120);
  copyBytes(EXTRA_DATA, ENGINE + 0x140, extraLength);
  setNoRequests();
  const parentLength = load<u32>(ENGINE + 0x128);
  if (parentLength != 0 && readParent(ENGINE + 0x240, parentLength)) nextBaseFee(ENV_BASE_FEE);
  const writes = load<u32>(ENGINE + 0x124);
  if (writes == WRITES_NONE) beginBareBlock();
  else beginBlock(writes == WRITES_L1);
}

/**
 * Adds a transaction to the block, unless it is invalid: then the block stays as it is.
 * @param raw `length` bytes that stay until the block is sealed.
 * @returns a code of block/invalid.ts.
 */
export function executeTransaction(raw: usize, length: u32): u32 {
  return addTransaction(raw, length);
}

/** Seals the block; its header is the last hint of kind 3. */
export function executeSeal(): void {
  sealBlock(extraLength, excessBlobGas);
}
