import { workerData } from "node:worker_threads";
import { openProgram } from "../../node/engine";
import { viewOfSlice } from "../../node/engine/threads/inboxSlice";
import { Database } from "../../node/store/database";
import { LevelNodeStore } from "../../node/store/nodeStore";
import { toHex } from "../../protocol";
import { isErrorCode } from "../../protocol/errors";
import type { Hex, NodeStore } from "../../protocol/types";
import { RecordingStore, recordRun, type RunWitness } from "./recording";
import type { AdvanceJob, AdvanceResult, RecordJob, RunThreadData } from "./runs";
import { serveJobs } from "./worker";

/** What the thread keeps of the nodes it read. */
const CACHE_BYTES = 32 << 20;

/** A store over another that is only read; what a run makes is taken out of it afterwards. */
class MadeStore implements NodeStore {
  private made = new Map<Hex, [hash: Uint8Array, data: Uint8Array]>();

  constructor(private readonly below: NodeStore) {}

  get(hash: Uint8Array): Uint8Array | undefined {
    return this.made.get(toHex(hash))?.[1] ?? this.below.get(hash);
  }

  put(hash: Uint8Array, data: Uint8Array): void {
    this.made.set(toHex(hash), [hash.slice(), data]);
  }

  take(): AdvanceResult["made"] {
    const made = [...this.made.values()];
    this.made = new Map();
    return made;
  }
}

async function main({ databasePath }: RunThreadData): Promise<void> {
  const made = new MadeStore(new LevelNodeStore(await Database.share(databasePath), CACHE_BYTES));
  const store = new RecordingStore(made);
  // Answers of precompiles are kept like nodes: each is worked out once, by whoever derives the block.
  const program = openProgram({ nodes: store, precompileAnswers: store });
  serveJobs({
    advance({ start, inbox }: AdvanceJob): AdvanceResult {
      made.take();
      try {
        return { block: program.advance(start, viewOfSlice(inbox)), made: made.take() };
      } catch (error) {
        if (!isErrorCode(error, "program-trapped")) throw error;
        made.take();
        return { block: "trap", made: [] };
      }
    },
    record({ start, inbox }: RecordJob): RunWitness {
      made.take();
      return recordRun(program, store, start, viewOfSlice(inbox)).witness;
    },
  });
}

void main(workerData as RunThreadData);
