import type { Hex } from "../../protocol/types";
import { concatBytes, fromHex, keccak256, tag, toHex, word } from "../../protocol";

/** A player walks the same edges again at every L1 block: between so many answers and twice as many are kept, of about 400 bytes each. */
const MOST = 1 << 14;
/** Those that were asked for since there were so many last, and those of before. */
let [young, old] = [new Map<string, Hex>(), new Map<string, Hex>()];
const tags = new Map<string, Uint8Array>();

/** `keccak(TAG(name) || words)`, every word 32 bytes: all hashes of the game. The last many answers are kept. */
export function hashWords(name: string, ...words: readonly (Hex | number)[]): Hex {
  const key = name + words.join();
  const found = young.get(key);
  if (found !== undefined) return found;
  const hash = old.get(key) ?? hashOf(name, words);
  if (young.size >= MOST) [young, old] = [new Map(), young];
  young.set(key, hash);
  return hash;
}

function hashOf(name: string, words: readonly (Hex | number)[]): Hex {
  const bytes = words.map((value) => (typeof value === "number" ? word(value) : fromHex(value)));
  return toHex(keccak256(concatBytes(tagOf(name), ...bytes)));
}

function tagOf(name: string): Uint8Array {
  let bytes = tags.get(name);
  if (bytes === undefined) tags.set(name, (bytes = tag(name)));
  return bytes;
}
