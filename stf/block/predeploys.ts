/*
 * What the program itself reads and writes in the state: chain configuration, L1 block info, history of block hashes.
 * Source: docs/spec/01-interfaces.md#predeploys.
 */
import { reverse32, zeroBytes } from "../bytes";
import { ENV_CHAIN_ID, environment } from "../evm/environment";
import { copyWord, isZeroWord, saturatedU64, wordFromU64, wordToBytes } from "../evm/word";
import {
  Account,
  accountAt,
  beginTransaction,
  endTransaction,
  hasCode,
  isEmpty,
  setSlot,
  slotAt,
  slotValue,
} from "../state/state";
import {
  MINIMUM_BASE_FEE,
  PARENT_BEACON_ROOT,
  PARENT_HASH,
  setConfiguredGasLimit,
  setFeeVault,
  setTimeBounds,
} from "./context";

const CONFIG_CHAIN_ID: u64 = 0x100;
const CONFIG_GAS_LIMIT: u64 = 0x101;
const CONFIG_MINIMUM_BASE_FEE: u64 = 0x102;
const CONFIG_FEE_VAULT: u64 = 0x103;
const CONFIG_MAX_PRECOMPILE_INPUT: u64 = 0x104;
const CONFIG_MAX_DELAY: u64 = 0x105;
const CONFIG_MAX_AHEAD: u64 = 0x106;
const HISTORY_SLOTS: u64 = 8191;

const address = memory.data(32, 32);
const key = memory.data(32, 32);
const value = memory.data(32, 32);

/** Reads the chain configuration; without one every rule of its is off, and the chain id is `fallbackChainId`, a word. */
export function readConfiguration(fallbackChainId: usize): void {
  const info = predeploy(0x15);
  readSlot(info, CONFIG_CHAIN_ID);
  copyWord(ENV_CHAIN_ID, isZeroWord(value) ? fallbackChainId : value);
  readSlot(info, CONFIG_GAS_LIMIT);
  setConfiguredGasLimit(saturatedU64(value));
  readSlot(info, CONFIG_MINIMUM_BASE_FEE);
  copyWord(MINIMUM_BASE_FEE, value);
  readSlot(info, CONFIG_FEE_VAULT);
  wordToBytes(key, value);
  setFeeVault(key);
  readSlot(info, CONFIG_MAX_PRECOMPILE_INPUT);
  const maxInput = saturatedU64(value);
  environment.maxPrecompileInput = maxInput > <u64>u32.MAX_VALUE ? u32.MAX_VALUE : <u32>maxInput;
  readSlot(info, CONFIG_MAX_DELAY);
  const maxDelay = saturatedU64(value);
  readSlot(info, CONFIG_MAX_AHEAD);
  setTimeBounds(maxDelay, saturatedU64(value));
}

/** The message passer, whose storage root every header states. */
export function messagePasser(): Account {
  return predeploy(0x16);
}

/**
 * Writes what the last consumed message recorded of L1, within a begun transaction.
 * @param number, time L1 block, seconds. @param baseFee, parentHash 32 big-endian bytes.
 */
export function writeL1Info(number: u64, time: u64, baseFee: usize, parentHash: usize): void {
  const info = predeploy(0x15);
  if (isEmpty(info)) return;
  wordFromU64(value, number);
  store<u64>(value, time, 8);
  writeSlot(info, 0);
  reverse32(value, baseFee);
  writeSlot(info, 1);
  reverse32(value, parentHash);
  writeSlot(info, 2);
}

/** The block's own writes before its first transaction: the parent's hash, and (on L1) the beacon root. */
export function writeHistory(withBeaconRoot: bool): void {
  beginTransaction();
  historyAddress();
  const history = accountAt(address);
  if (hasCode(history)) {
    reverse32(value, PARENT_HASH);
    writeSlot(history, (environment.number - 1) % HISTORY_SLOTS);
  }
  if (withBeaconRoot) {
    beaconRootsAddress();
    const roots = accountAt(address);
    if (hasCode(roots)) {
      wordFromU64(value, environment.timestamp);
      writeSlot(roots, environment.timestamp % HISTORY_SLOTS);
      reverse32(value, PARENT_BEACON_ROOT);
      writeSlot(roots, (environment.timestamp % HISTORY_SLOTS) + HISTORY_SLOTS);
    }
  }
  endTransaction();
}

/** 0x42000000000000000000000000000000000000NN. */
function predeploy(last: u8): Account {
  zeroBytes(address, 32);
  store<u8>(address, 0x42);
  store<u8>(address + 19, last);
  return accountAt(address);
}

/** 0x0000F90827F1C53a10cb7A02335B175320002935. */
function historyAddress(): void {
  store<u64>(address, 0x3ac5f12708f90000);
  store<u64>(address, 0x53175b33027acb10, 8);
  store<u32>(address, 0x35290020, 16);
}

/** 0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02. */
function beaconRootsAddress(): void {
  store<u64>(address, 0x7e8032d7f63d0f00);
  store<u64>(address, 0x2285bbb8b79f31f1, 8);
  store<u32>(address, 0x02acbed0, 16);
}

/** value = the slot; zero without reading the trie where there is no account. */
function readSlot(account: Account, slot: u64): void {
  if (isEmpty(account)) {
    zeroBytes(value, 32);
    return;
  }
  wordFromU64(key, slot);
  copyWord(value, slotValue(slotAt(account, key)));
}

function writeSlot(account: Account, slot: u64): void {
  wordFromU64(key, slot);
  setSlot(slotAt(account, key), value);
}
