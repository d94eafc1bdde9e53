/*
 * A block environment that a node says explicitly, and the state that it stands on. Twin of node/engine/environment.ts.
 */
import { copy32, copyBytes, reverse32 } from "../bytes";
import { openBlock } from "../block/block";
import { PARENT_BEACON_ROOT, PARENT_HASH } from "../block/context";
import { readConfiguration } from "../block/predeploys";
import { ENV_BASE_FEE, ENV_BLOB_BASE_FEE, ENV_COINBASE, ENV_PREV_RANDAO, environment } from "../evm/environment";
import { forgetHashes } from "../evm/hashes";
import { forgetMoved } from "../evm/precompiles/moved";
import { REQUEST_NUMBERS, REQUEST_WORDS } from "./layout";

const chainId = memory.data(32, 32);

/** Opens the state and sets the environment that the request describes; the chain configuration is the state's. */
export function openEnvironment(): void {
  forgetMoved();
  forgetHashes();
  copy32(PARENT_HASH, REQUEST_WORDS);
  openBlock(REQUEST_WORDS + 0x20);
  reverse32(ENV_BASE_FEE, REQUEST_WORDS + 0x40);
  copyBytes(ENV_COINBASE, REQUEST_WORDS + 0x6c, 20);
  reverse32(ENV_PREV_RANDAO, REQUEST_WORDS + 0x80);
  copy32(PARENT_BEACON_ROOT, REQUEST_WORDS + 0xa0);
  reverse32(chainId, REQUEST_WORDS + 0xc0);
  reverse32(ENV_BLOB_BASE_FEE, REQUEST_WORDS + 0xe0);
  environment.number = load<u64>(REQUEST_NUMBERS);
  environment.timestamp = load<u64>(REQUEST_NUMBERS, 8);
  environment.gasLimit = load<u64>(REQUEST_NUMBERS, 16);
  readConfiguration(chainId);
}
