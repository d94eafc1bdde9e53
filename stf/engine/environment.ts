/*
 * A block environment that a node says explicitly, and the state that it stands on.
 *
 *   ENGINE + 0x000  words, big-endian: parent hash | state root | base fee | coinbase | prevRandao | parent beacon root
 *                   | chain id where the state has none | BLOBBASEFEE
 *   ENGINE + 0x100  u64: number | timestamp | gas limit
 *
 * Twin of node/engine/environment.ts.
 */
import { copy32, copyBytes, reverse32 } from "../bytes";
import { openBlock } from "../block/block";
import { PARENT_BEACON_ROOT, PARENT_HASH } from "../block/context";
import { readConfiguration } from "../block/predeploys";
import { ENV_BASE_FEE, ENV_BLOB_BASE_FEE, ENV_COINBASE, ENV_PREV_RANDAO, environment } from "../evm/environment";
import { ENGINE } from "../memory";

const chainId = memory.data(32, 32);

/** Opens the state and sets the environment that ENGINE describes; the chain configuration is the state's. */
export function openEnvironment(): void {
  copy32(PARENT_HASH, ENGINE);
  openBlock(ENGINE + 0x20);
  reverse32(ENV_BASE_FEE, ENGINE + 0x40);
  copyBytes(ENV_COINBASE, ENGINE + 0x6c, 20);
  reverse32(ENV_PREV_RANDAO, ENGINE + 0x80);
  copy32(PARENT_BEACON_ROOT, ENGINE + 0xa0);
  reverse32(chainId, ENGINE + 0xc0);
  reverse32(ENV_BLOB_BASE_FEE, ENGINE + 0xe0);
  environment.number = load<u64>(ENGINE + 0x100);
  environment.timestamp = load<u64>(ENGINE + 0x108);
  environment.gasLimit = load<u64>(ENGINE + 0x110);
  readConfiguration(chainId);
}
