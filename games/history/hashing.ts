import type { Hex } from "../../protocol/types";
import { concatBytes, fromHex, keccak256, tag, toHex, word } from "../../protocol";

/** Answers kept: a player walks the same edges again at every L1 block. About 400 bytes each. */
const MOST = 1 << 17;
const known = new Map<string, Hex>();
const tags = new Map<string, Uint8Array>();

/** `keccak(TAG(name) || words)`, every word 32 bytes: all hashes of the game. The last many answers are kept. */
export function hashWords(name: string, ...words: readonly (Hex | number)[]): Hex {
  const key = name + words.join();
  const found = known.get(key);
  if (found !== undefined) return found;
  const bytes = words.map((value) => (typeof value === "number" ? word(value) : fromHex(value)));
  const hash = toHex(keccak256(concatBytes(tagOf(name), ...bytes)));
  if (known.size >= MOST) known.clear();
  known.set(key, hash);
  return hash;
}

function tagOf(name: string): Uint8Array {
  let bytes = tags.get(name);
  if (bytes === undefined) tags.set(name, (bytes = tag(name)));
  return bytes;
}
