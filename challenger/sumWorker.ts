import { workerData } from "node:worker_threads";
import { challengeSum, type SumMove } from "../games/sums/challenge";
import { Liabilities, type SumCache } from "../games/sums/liabilities";
import { Database } from "../node/store/database";
import { LevelNodeStore } from "../node/store/nodeStore";
import type { Sum } from "../protocol/liability";
import type { Hex } from "../protocol/types";
import { serveJobs } from "./commitments/worker";
import type { JudgeJob, RecordJob, SumJob, SumThreadData } from "./sumThread";

/** What the thread keeps of the nodes it read. */
const CACHE_BYTES = 16 << 20;
/** Trie nodes whose sums are held in memory, at most: some 200 bytes each; and what earlier states may leave there. */
const [MOST_NODES, KEPT_NODES] = [2_000_000, 1_000_000];

async function main({ databasePath }: SumThreadData): Promise<void> {
  const nodes = new LevelNodeStore(await Database.share(databasePath), CACHE_BYTES);
  const cache: SumCache = new Map();
  const of = (stateRoot: Hex): Liabilities => {
    if (cache.size > KEPT_NODES) cache.clear();
    return new Liabilities(nodes, stateRoot, cache, MOST_NODES);
  };
  serveJobs({
    sum: ({ stateRoot }: SumJob): Sum => of(stateRoot).sum,
    judge: ({ stateRoot, claimed, shown }: JudgeJob): SumMove =>
      challengeSum(of(stateRoot), claimed, (hash) => shown.get(hash)),
    record: ({ stateRoot, hash }: RecordJob): Hex | undefined => of(stateRoot).recordBehind(hash),
  });
}

void main(workerData as SumThreadData);
