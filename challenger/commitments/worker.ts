import { readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { openElement } from "../../node/kzg/kzg";
import { commit, committerOf } from "../../vm/commit/commit";
import { flatten } from "../../vm/flatten";
import { historySync } from "../../vm/history/history";
import { createMachine } from "../../vm/machine";
import { prove } from "../../vm/prove/prove";
import type { Machine, Program } from "../../vm/types";
import { programPath } from "./programFile";
import { explainStep } from "./explain";
import type {
  AnyJob,
  ExplainResult,
  Job,
  MachineSpec,
  StepsResult,
  StridesResult,
  WitnessResult,
  WorkerReply,
  WorkerRequest,
} from "./jobs";
import { RunHost } from "./runHost";

/** Machines kept, newest last; each holds the program's whole memory. */
const MACHINES_KEPT = 2;

let program: Program | null = null;
const machines = new Map<string, { machine: Machine; host: RunHost }>();

/** Answers one kind of job. */
export type JobHandler<J extends AnyJob = never> = (job: J) => unknown;

/** Serves jobs that come from a MachinePool, each by the handler of its kind. */
export function serveJobs(handlers: Readonly<Record<string, JobHandler>>): void {
  parentPort!.on("message", ({ id, job }: WorkerRequest) => {
    let reply: WorkerReply;
    try {
      const handler = handlers[job.kind];
      if (handler === undefined) throw new Error(`no handler for a job "${job.kind}"`);
      reply = { id, result: handler(job as never) };
    } catch (error) {
      const { message, code } = error as { message: string; code?: string };
      reply = { id, error: { message, code } };
    }
    parentPort!.postMessage(reply);
  });
}

type JobOf<K extends Job["kind"]> = Extract<Job, { kind: K }>;

/** What an honest party's machines are asked. */
export const HONEST_JOBS = {
  strides(job: JobOf<"strides">): StridesResult {
    const { machine } = machineOf(job.machine);
    const stride = 1n << BigInt(job.height2);
    machine.run(0n);
    const start = commit(machine);
    const tree = historySync(machine, { from: 0n, stride, height: job.height1 });
    return { tree: tree.toBytes(), start, lastRegisters: committerOf(machine).registers(), steps: machine.steps };
  },
  steps(job: JobOf<"steps">): StepsResult {
    const { machine } = machineOf(job.machine);
    const from = BigInt(job.stride) << BigInt(job.height2);
    return { tree: historySync(machine, { from, stride: 1n, height: job.height2 }).toBytes() };
  },
  witness(job: JobOf<"witness">): WitnessResult {
    const { machine, host } = machineOf(job.machine);
    machine.run(job.step);
    return { witness: prove(machine, (key) => host.request(key), openElement) };
  },
  explain(job: JobOf<"explain">): ExplainResult {
    const { machine } = machineOf(job.machine);
    machine.run(job.step);
    return explainStep(machine);
  },
};

function machineOf(spec: MachineSpec): { machine: Machine; host: RunHost } {
  const known = machines.get(spec.id);
  if (known !== undefined) return known;
  for (const [id, { machine }] of machines) {
    if (machines.size < MACHINES_KEPT) break;
    machine.dispose();
    machines.delete(id);
  }
  const entry = openMachine(spec);
  machines.set(spec.id, entry);
  return entry;
}

/** A machine at step 0 that meets the patches whenever it passes them. */
export function openMachine({ witness, patches }: MachineSpec): { machine: Machine; host: RunHost } {
  program ??= flatten(readFileSync(programPath()));
  const host = new RunHost(witness);
  const inboxLimit = { batchCount: witness.batchCount, delayedCount: witness.delayedCount };
  const machine = createMachine(program, { input: witness.input, inboxLimit, host });
  for (const { step, address, bytes } of patches) {
    machine.run(step);
    machine.write(address, bytes);
  }
  machine.run(0n);
  return { machine, host };
}
