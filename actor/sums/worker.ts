import { workerData } from "node:worker_threads";
import { challengeSum } from "../../games/sums/challenge";
import { Liabilities, type SumCache } from "../../games/sums/liabilities";
import { serveThread, type ThreadData } from "../../node/engine/threads";
import { Database } from "../../node/store/database";
import { LevelNodeStore } from "../../node/store/nodeStore";
import type { SumJob } from "./thread";

/** What the thread keeps of the nodes it read. */
const CACHE_BYTES = 16 << 20;
/** Trie nodes whose sums are held in memory, at most: some 200 bytes each; and what earlier states may leave there. */
const [MOST_NODES, KEPT_NODES] = [2_000_000, 1_000_000];

async function main({ databasePath }: ThreadData): Promise<void> {
  const nodes = new LevelNodeStore(await Database.share(databasePath), CACHE_BYTES);
  const cache: SumCache = new Map();
  serveThread((job: SumJob): unknown => {
    if (cache.size > KEPT_NODES) cache.clear();
    const truth = new Liabilities(nodes, job.stateRoot, cache, MOST_NODES);
    switch (job.kind) {
      case "sum":
        return truth.sum;
      case "prove":
        return truth.prove(job.address);
      case "judge":
        return challengeSum(truth, job.claimed, (hash) => job.shown.get(hash));
      case "record":
        return truth.recordBehind(job.hash);
    }
  });
}

void main(workerData as ThreadData);
