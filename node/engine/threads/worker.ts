import { workerData } from "node:worker_threads";
import { Database } from "../../store/database";
import { LevelNodeStore } from "../../store/nodeStore";
import { decodeTransaction } from "../../transactions";
import { AnswerCache } from "../answers";
import { openEngine } from "../engine";
import { OverlayStore } from "../overlay";
import { openProgram } from "../program";
import type { Engine, TraceBlock } from "../types";
import { viewOfSlice } from "./inboxSlice";
import type { AdvanceJob, AdvanceResult, BuildJob, BuildResult, Job, SentBlock, ThreadData } from "./jobs";
import { serveThread } from "./serve";

/** What the thread keeps of the nodes it read. */
const CACHE_BYTES = 16 << 20;

async function main({ databasePath }: ThreadData): Promise<void> {
  const database = await Database.share(databasePath);
  const nodes = new LevelNodeStore(database, CACHE_BYTES);
  const answers = new AnswerCache();
  const overlay = new OverlayStore(nodes);
  const engine = openEngine({ nodes: overlay, precompileAnswers: answers });
  const program = openProgram({ nodes: overlay, precompileAnswers: answers });

  const advance = ({ outputRoot, inbox, preimages, senders, runs }: AdvanceJob): AdvanceResult => {
    const made: AdvanceResult = [];
    for (const [hash, data] of preimages) overlay.put(hash, data);
    for (const { raw, from } of senders) answers.rememberSender(decodeTransaction(raw, { sender: from }));
    try {
      for (let i = 0; i < runs; i++) {
        const block = program.advance(made.at(-1) ?? outputRoot, viewOfSlice(inbox));
        if (block === null) break;
        made.push(block.outputRoot);
      }
      return made;
    } finally {
      overlay.clear();
    }
  };
  const build = ({ request, senders }: BuildJob): BuildResult => {
    senders.forEach((sender, i) => answers.rememberSender(decodeTransaction(request.candidates[i], { sender })));
    try {
      const built = engine.buildBlock({ ...request, inbox: viewOfSlice(request.inbox) });
      return { built, nodes: overlay.pack() };
    } finally {
      overlay.clear();
    }
  };
  serveThread((job: Job): unknown => {
    if (job.operation === "advance") return advance(job);
    return job.operation === "build" ? build(job) : enter(engine, job);
  });
}

function enter(engine: Engine, job: Exclude<Job, { operation: "advance" | "build" }>): unknown {
  switch (job.operation) {
    case "traceTransaction":
    case "traceBlock": {
      const [block, ...rest] = job.values as [SentBlock, ...unknown[]];
      const received: TraceBlock = { ...block, inbox: block.inbox && viewOfSlice(block.inbox) };
      return (engine[job.operation] as (...values: unknown[]) => unknown)(received, ...rest);
    }
    default:
      return (engine[job.operation] as (...values: unknown[]) => unknown)(...job.values);
  }
}

void main(workerData as ThreadData);
