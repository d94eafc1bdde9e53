/*
 * Operation executeBlock: a block whose environment is said explicitly. Whoever calls takes the new header and the receipts from the hints.
 * The request is as layout.ts draws it.
 */
import { copyBytes } from "../bytes";
import { nextBaseFee } from "../block/baseFee";
import { addTransaction, beginBareBlock, beginBlock, sealBlock } from "../block/block";
import { EXTRA_DATA, readParent, setNoRequests } from "../block/header";
import { ENV_BASE_FEE } from "../evm/environment";
import { openEnvironment } from "./environment";
import { REQUEST_EXTRA_DATA, REQUEST_NUMBERS, REQUEST_PARENT } from "./layout";

/** Own writes: none, as the rollup's, as the rollup's and the beacon root of L1. */
const WRITES_NONE: u32 = 0;
const WRITES_L1: u32 = 2;

let extraLength: u32 = 0;
let excessBlobGas: u64 = 0;

/** Opens the parent's state and starts the block that the request describes. */
export function executeBegin(): void {
  openEnvironment();
  excessBlobGas = load<u64>(REQUEST_NUMBERS, 24);
  extraLength = load<u32>(REQUEST_NUMBERS, 32);
  copyBytes(EXTRA_DATA, REQUEST_EXTRA_DATA, extraLength);
  setNoRequests();
  const parentLength = load<u32>(REQUEST_NUMBERS, 40);
  if (parentLength != 0 && readParent(REQUEST_PARENT, parentLength)) nextBaseFee(ENV_BASE_FEE);
  const writes = load<u32>(REQUEST_NUMBERS, 36);
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
