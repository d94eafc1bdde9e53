import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Hex } from "../../protocol/types";
import { openEngine, type Engine } from "../../node/engine";
import { fromHex, ZERO_HASH } from "../../protocol";
import { globSync } from "../support/glob";
import { MemoryNodes } from "./eest/memoryNodes";
import { isExpectedReason, reasonName } from "./eest/names";
import { putState, type Accounts } from "./eest/preState";
import type { ConformanceTally } from "./main";

type Post = {
  hash: Hex;
  logs: Hex;
  txbytes: Hex;
  expectException?: string;
};
type Case = {
  env: Record<string, Hex>;
  pre: Accounts;
  post: Record<string, Post[]>;
  config?: { chainid?: Hex };
};

const FORK = "Osaka";
const BLOB_TYPE = 3;

/**
 * `npm run conformance -- state DIR [EVERY]`: state tests of the official form, those of Osaka: one transaction on a bare state; state
 * root, logs hash, and the reason of those that are invalid. EVERY = n takes each n-th file.
 */
export async function run([folder, every = "1"]: string[]): Promise<ConformanceTally> {
  if (folder === undefined) throw new Error("usage: npm run conformance -- state DIR [EVERY]");
  const nodes = new MemoryNodes();
  const engine = openEngine({ nodes });
  const tally = { passed: 0, failed: 0, skipped: 0 };
  const otherForks = new Map<string, number>();
  const files = globSync(folder, /\.json$/).filter((_, index) => index % Number(every) === 0);
  for (const file of files) {
    for (const [name, one] of Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, Case>)) {
      for (const [fork, posts] of Object.entries(one.post ?? {})) {
        if (fork !== FORK) {
          otherForks.set(fork, (otherForks.get(fork) ?? 0) + posts.length);
          tally.skipped += posts.length;
          continue;
        }
        for (const post of posts) {
          const title = `${name} of ${relative(folder, file)}`;
          if (fromHex(post.txbytes)[0] === BLOB_TYPE) {
            console.log(`skipped ${title}: a blob transaction`);
            tally.skipped += 1;
            continue;
          }
          const difference = runCase(engine, nodes, one, post);
          if (difference === null) tally.passed += 1;
          else {
            tally.failed += 1;
            console.log(`failed ${title}: ${difference}`);
          }
        }
      }
    }
  }
  for (const [fork, count] of otherForks) console.log(`skipped ${count} of ${fork}: another fork`);
  return tally;
}

/** Null, or what differs. */
function runCase(engine: Engine, nodes: MemoryNodes, { env, pre, config }: Case, post: Post): string | null {
  nodes.clear();
  const environment = {
    parentHash: ZERO_HASH,
    parentStateRoot: putState(pre, nodes),
    number: BigInt(env.currentNumber),
    timestamp: BigInt(env.currentTimestamp),
    gasLimit: BigInt(env.currentGasLimit),
    baseFee: BigInt(env.currentBaseFee),
    coinbase: env.currentCoinbase,
    prevRandao: env.currentRandom,
    extraData: new Uint8Array(0),
    parentBeaconBlockRoot: ZERO_HASH,
    chainId: BigInt(config?.chainid ?? 1),
    excessBlobGas: BigInt(env.currentExcessBlobGas ?? 0),
    ownWrites: "none" as const,
  };
  try {
    const { stateRoot, logsHash, excluded } = engine.executeBlock(environment, [fromHex(post.txbytes)]);
    const reason = excluded.length === 0 ? null : reasonName(excluded[0].code);
    if (post.expectException === undefined && reason !== null) return `the valid transaction is refused: ${reason}`;
    if (post.expectException !== undefined) {
      if (reason === null) return `accepted in spite of ${post.expectException}`;
      if (!isExpectedReason(post.expectException, reason)) return `${reason} instead of ${post.expectException}`;
    }
    if (stateRoot !== post.hash) return `state root ${stateRoot} instead of ${post.hash}`;
    return logsHash === post.logs ? null : `logs hash ${logsHash} instead of ${post.logs}`;
  } catch (error) {
    return String(error);
  }
}
