import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createRpcMethods, Dispatcher } from "../../node/rpc";
import { createExecutor } from "../../node/rpc/engineExecutor";
import { createStateReader } from "../../node/rpc/stateReader";
import type { ConformanceTally } from "./main";
import { ReplayedChainReader } from "./rpc/chain";
import { compare, compareShape } from "./rpc/compare";
import { replayChain } from "./rpc/replay";

/** Namespaces and methods that a rollup node does not serve, by the suite's own word optional. */
const SKIPPED: Record<string, string> = {
  eth_simulateV1: "optional by the suite's README",
  testing_buildBlockV1: "testing methods are optional",
  eth_capabilities: "not a method of Solvent",
};

/** `npm run conformance -- rpc DIR`: the round trips of execution-apis over the RPC handlers, mounted on the replayed chain. */
export async function run([folder, filter]: string[]): Promise<ConformanceTally> {
  if (folder === undefined) throw new Error("usage: npm run conformance -- rpc DIR [FILTER]; DIR holds tests/chain.rlp");
  const tests = join(folder, "tests");
  const replayed = await replayChain(tests);
  const chain = new ReplayedChainReader(replayed);
  const dispatcher = new Dispatcher(
    createRpcMethods({
      chain,
      state: createStateReader(chain.nodes),
      executor: await createExecutor(chain),
      raw: chain,
      clientVersion: "solvent/conformance",
      minimumBaseFee: () => 0n,
    }),
    (method, error) => console.error(`  bug in ${method}:`, error),
  );
  const tally: ConformanceTally = { passed: 0, failed: 0, skipped: 0 };
  for (const method of readdirSync(tests).filter((name) => statSync(join(tests, name)).isDirectory())) {
    const files = readdirSync(join(tests, method)).filter((name) => name.endsWith(".io") && `${method}/${name}`.includes(filter ?? ""));
    if (method in SKIPPED) {
      console.log(`skip ${method} (${files.length}): ${SKIPPED[method]}`);
      tally.skipped += files.length;
      continue;
    }
    for (const file of files) {
      const difference = await roundTrip(dispatcher, readFileSync(join(tests, method, file), "utf8"));
      if (difference === null) tally.passed++;
      else {
        tally.failed++;
        console.log(`FAIL ${method}/${file}: ${difference}`);
      }
    }
  }
  return tally;
}

/** @returns null where every answer is as expected, else the first difference. */
async function roundTrip(dispatcher: Dispatcher, text: string): Promise<string | null> {
  const isSpecOnly = /^\/\/\s*speconly/m.test(text);
  let answer: string | null = null;
  for (const line of text.split("\n")) {
    if (line.startsWith(">> ")) answer = await dispatcher.handle(line.slice(3));
    if (!line.startsWith("<< ")) continue;
    const [actual, expected] = [JSON.parse(answer ?? "null"), JSON.parse(line.slice(3))];
    const difference = isSpecOnly ? compareShape(actual, expected) : compare(actual, expected);
    if (difference !== null) return difference;
  }
  return null;
}
