import { readdirSync, readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { ConformanceTally } from "./main";
import { compare, compareShape } from "./rpc/compare";
import { mountReplayedChain } from "./rpc/mount";
import { parseRoundTrips, type RoundTripFile } from "./rpc/roundTrip";

/** Why a case of the suite does not apply. Everything else has to pass. */
const SKIPPED: [(file: RoundTripFile) => boolean, string][] = [
  [({ name }) => /^(engine|testing)_/.test(name), "for consensus clients and test rigs, not served"],
  [isBeforeTheMerge, "a block of proof of work pays its miner: no rule of this chain"],
  [isBlobOnly, "blob transactions are refused on this chain"],
];

/**
 * Round trips of the execution-apis suite against our handlers over its replayed chain, asked over HTTP.
 * @param args - the unpacked suite (or its folder `tests`), then optionally a pattern of case names.
 */
export async function run([folder, pattern]: string[]): Promise<ConformanceTally> {
  if (folder === undefined)
    throw new Error("usage: npm run conformance -- rpc DIR [PATTERN]; DIR is the unpacked execution-apis suite");
  const tests = existsSync(join(folder, "tests", "chain.rlp")) ? join(folder, "tests") : folder;
  const server = await mountReplayedChain(tests);
  const tally = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const file of readRoundTrips(tests)) {
      if (pattern !== undefined && !file.name.includes(pattern)) continue;
      const reason = skipReason(file);
      if (reason !== null) {
        tally.skipped++;
        console.log(`skipped ${file.name}: ${reason}`);
        continue;
      }
      const difference = await playRoundTrip(server.url, file);
      if (difference === null) tally.passed++;
      else {
        tally.failed++;
        console.log(`FAILED ${file.name}: ${difference}`);
      }
    }
  } finally {
    await server.stop();
  }
  return tally;
}

/** Why a case does not apply; null where it does. */
export function skipReason(file: RoundTripFile): string | null {
  return SKIPPED.find(([applies]) => applies(file))?.[1] ?? null;
}

/** All cases below a folder, in the order of their names. */
export function readRoundTrips(tests: string): RoundTripFile[] {
  return readdirSync(tests, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(tests, name))
        .filter((file) => file.endsWith(".io"))
        .map((file) => `${name}/${file}`),
    )
    .sort()
    .map((name) => parseRoundTrips(name, readFileSync(join(tests, name), "utf8")));
}

/** @returns the first difference, or null. */
export async function playRoundTrip(url: string, file: RoundTripFile): Promise<string | null> {
  for (const { request, response } of file.trips) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: request });
    const text = await answer.text();
    const difference = (file.isShapeOnly ? compareShape : compare)(JSON.parse(text), response);
    if (difference !== null) return `${difference} (asked ${request.slice(0, 300)})`;
  }
  return null;
}

/** A simulation on a block with a difficulty. */
function isBeforeTheMerge({ name, trips }: RoundTripFile): boolean {
  const results = trips.map(({ response }) => (response as { result?: unknown }).result).flat();
  return (
    name.startsWith("eth_simulateV1/") &&
    results.some((block) => ((block as { difficulty?: string } | undefined)?.difficulty ?? "0x0") !== "0x0")
  );
}

function isBlobOnly({ trips }: RoundTripFile): boolean {
  return trips.some(
    ({ request }) =>
      /"eth_sendRawTransaction","params":\["0x03/.test(request) || /"blobVersionedHashes":/.test(request),
  );
}
