/*
 * The environment of a parent's child, as the rollup's rules set it.
 */
import { copyBytes, reverse32 } from "../bytes";
import { keccak256 } from "../crypto/keccak";
import { ENV_BASE_FEE, ENV_COINBASE, ENV_PREV_RANDAO, environment } from "../evm/environment";
import { readPreimage } from "../host";
import { nextBaseFee } from "./baseFee";
import { openBlock } from "./block";
import { FEE_VAULT, gasLimitOfChain, PARENT_BEACON_ROOT, PARENT_HASH } from "./context";
import { parent, PARENT_STATE_ROOT, readParent, setNoRequests } from "./header";
import { HEADER_BYTES, PARENT_HEADER } from "./layout";
import { readConfiguration } from "./predeploys";

const OUTPUT_BYTES: u32 = 128;

const outputRoot = memory.data(32, 32);
const output = memory.data(128, 32);
const hash = memory.data(32, 32);
const noChainId = memory.data(32, 32);

/** Opens the output root's state and reads its header and the chain configuration. */
export function openParent(root: usize): void {
  copyBytes(outputRoot, root, 32);
  if (readPreimage(outputRoot, output, OUTPUT_BYTES) != OUTPUT_BYTES) unreachable();
  copyBytes(PARENT_HASH, output + 96, 32);
  const length = readPreimage(PARENT_HASH, PARENT_HEADER, HEADER_BYTES);
  if (!readParent(PARENT_HEADER, length)) unreachable();
  openBlock(PARENT_STATE_ROOT);
  readConfiguration(noChainId);
}

/** Sets the environment of the child with that timestamp. */
export function prepareChild(timestamp: u64): void {
  environment.timestamp = timestamp;
  environment.number = parent.number + 1;
  environment.gasLimit = gasLimitOfChain() != 0 ? gasLimitOfChain() : parent.gasLimit;
  nextBaseFee(ENV_BASE_FEE);
  copyBytes(ENV_COINBASE, FEE_VAULT, 20);
  keccak256(PARENT_HASH, 32, hash);
  reverse32(ENV_PREV_RANDAO, hash);
  copyBytes(PARENT_BEACON_ROOT, noChainId, 32);
  setNoRequests();
}
