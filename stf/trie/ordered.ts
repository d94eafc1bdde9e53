/*
 * The trie over a list: keys are rlp(index). For the roots of transactions and receipts.
 */
import { putU64 } from "../codec/rlp";
import { TRANSACTION } from "../memory";
import { EMPTY_ROOT_0, EMPTY_ROOT_1, EMPTY_ROOT_2, EMPTY_ROOT_3 } from "../state/records";
import { putItem } from "./items";
import { trieUpdate } from "./update";

const MAX_COUNT: u32 = 65536;
const KEYS: usize = TRANSACTION;
const ITEMS: usize = TRANSACTION + 0x80000;

/**
 * Writes the root over `count` values, none of them empty; the trie's nodes are offered to the host. At most 65,536 values.
 * Uses the memory of transactions: only between `endTransaction` and the next `beginTransaction`.
 * @param list Pairs of u32: address and length.
 */
export function orderedRoot(list: usize, count: u32, outRoot: usize): void {
  if (count > MAX_COUNT) unreachable();
  store<u64>(outRoot, EMPTY_ROOT_0);
  store<u64>(outRoot, EMPTY_ROOT_1, 8);
  store<u64>(outRoot, EMPTY_ROOT_2, 16);
  store<u64>(outRoot, EMPTY_ROOT_3, 24);
  // In the order of the keys: 0x01 .. 0x7f, 0x80 (index 0), 0x8180 and on.
  let item: u32 = 0;
  for (let i: u32 = 1; i < count && i < 0x80; i++) put(list, i, item++);
  if (count > 0) put(list, 0, item++);
  for (let i: u32 = 0x80; i < count; i++) put(list, i, item++);
  trieUpdate(outRoot, ITEMS, count, outRoot);
}

function put(list: usize, index: u32, item: u32): void {
  const key = KEYS + ((<usize>index) << 3);
  const nibbles = (<u32>(putU64(key, index) - key)) << 1;
  const entry = list + ((<usize>index) << 3);
  putItem(ITEMS, item, key, nibbles, <usize>load<u32>(entry), load<u32>(entry, 4));
}
