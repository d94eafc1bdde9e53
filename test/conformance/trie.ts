import { readFileSync } from "node:fs";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { createProbe, updateTrie } from "../support/probe";
import { globSync } from "../support/glob";
import type { ConformanceTally } from "./main";

type Pair = [key: string, value: string | null];
type Case = { in: Pair[] | Record<string, string | null>; root?: string };
const EMPTY_ROOT = "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

/**
 * `npm run conformance -- trie DIR`: ethereum/tests TrieTests through the program's trie, one change after the other and, where
 * each key occurs once, all in one batch too.
 */
export async function run([folder]: string[]): Promise<ConformanceTally> {
  if (folder === undefined) throw new Error("usage: npm run conformance -- trie DIR");
  const probe = await createProbe();
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const file of globSync(folder, /[Tt]rie[^\\/]*\.json$/)) {
    const isSecure = /secure/i.test(file.replace(/^.*[\\/]/, ""));
    for (const [name, one] of Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, Case>)) {
      if (one.root === undefined) {
        console.log(`skipped ${name} of ${file}: no root (order of keys only)`);
        tally.skipped += 1;
        continue;
      }
      const pairs = Array.isArray(one.in) ? one.in : Object.entries(one.in);
      const changes = pairs.map(([key, value]): [Uint8Array, Uint8Array] => [
        isSecure ? keccak_256(toBytes(key)) : toBytes(key),
        value === null ? new Uint8Array(0) : toBytes(value),
      ]);
      const expected = one.root.replace(/^0x/, "");
      let root = EMPTY_ROOT;
      for (const change of changes) root = updateTrie(probe, root, [change]);
      const isOnce = new Set(pairs.map(([key]) => key)).size === pairs.length;
      const batch = isOnce ? updateTrie(probe, EMPTY_ROOT, changes) : expected;
      if (root === expected && batch === expected) tally.passed += 1;
      else {
        tally.failed += 1;
        console.log(`failed ${name} of ${file}: ${root}, in one batch ${batch}, instead of ${expected}`);
      }
    }
  }
  return tally;
}

/** "0x.." is hex, anything else is text. */
function toBytes(text: string): Uint8Array {
  return text.startsWith("0x") ? Buffer.from(text.slice(2), "hex") : Buffer.from(text, "utf8");
}
