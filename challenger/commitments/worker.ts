import { readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { commit, committerOf } from "../../vm/commit/commit";
import { flatten } from "../../vm/flatten";
import { historySync } from "../../vm/history/history";
import { PreimageKind, type Host } from "../../vm/host";
import { createMachine } from "../../vm/machine";
import { prove } from "../../vm/prove/prove";
import type { Machine, Program } from "../../vm/types";
import { programPath } from "./programFile";
import { explainStep } from "./explain";
import type {
  ExplainResult,
  FindCallResult,
  HostCallName,
  Job,
  MachineSpec,
  StepsResult,
  StridesResult,
  WitnessResult,
  WorkerReply,
  WorkerRequest,
} from "./jobs";
import { patchMachine } from "./patchedMachine";
import { RunHost } from "./runHost";

/** Machines kept, newest last; each holds the program's whole memory. */
const MACHINES_KEPT = 2;

let program: Program | null = null;
const machines = new Map<string, { machine: Machine; host: RunHost }>();

parentPort!.on("message", ({ id, job }: WorkerRequest) => {
  let reply: WorkerReply;
  try {
    reply = { id, result: run(job) };
  } catch (error) {
    const { message, code } = error as { message: string; code?: string };
    reply = { id, error: { message, code } };
  }
  parentPort!.postMessage(reply);
});

function run(job: Job): StridesResult | StepsResult | WitnessResult | FindCallResult | ExplainResult {
  const { machine, host } = machineOf(job.machine);
  switch (job.kind) {
    case "strides": {
      const stride = 1n << BigInt(job.height2);
      machine.run(0n);
      const start = commit(machine);
      const tree = historySync(machine, { from: 0n, stride, height: job.height1 });
      return { tree: tree.toBytes(), start, lastRegisters: committerOf(machine).registers(), steps: machine.steps };
    }
    case "steps": {
      const from = BigInt(job.stride) << BigInt(job.height2);
      return { tree: historySync(machine, { from, stride: 1n, height: job.height2 }).toBytes() };
    }
    case "witness":
      machine.run(job.step);
      return { witness: prove(machine, (key) => host.request(key)) };
    case "findCall":
      return { step: findCall(job.machine, job.call, job.seed) };
    case "explain":
      machine.run(job.step);
      return explainStep(machine);
  }
}

function machineOf(spec: MachineSpec): { machine: Machine; host: RunHost } {
  const known = machines.get(spec.id);
  if (known !== undefined) return known;
  for (const [id, { machine }] of machines) {
    if (machines.size < MACHINES_KEPT) break;
    machine.dispose();
    machines.delete(id);
  }
  program ??= flatten(readFileSync(programPath()));
  const { witness } = spec;
  const host = new RunHost(witness);
  const inboxLimit = { batchCount: witness.batchCount, delayedCount: witness.delayedCount };
  const honest = createMachine(program, { input: witness.input, inboxLimit, host });
  const entry = { machine: patchMachine(honest, spec.patches), host };
  machines.set(spec.id, entry);
  return entry;
}

/** Runs a machine of its own to the end and notes at which steps it made calls of that name. */
function findCall(spec: MachineSpec, call: HostCallName, seed: number): bigint {
  const { witness } = spec;
  const host = new RunHost(witness);
  const steps: bigint[] = [];
  const inboxLimit = { batchCount: witness.batchCount, delayedCount: witness.delayedCount };
  const box: { machine?: Machine } = {};
  const note = (name: HostCallName): void => void (name === call && steps.push(box.machine!.steps));
  const listening: Host = {
    preimage(kind, key) {
      note(kind === PreimageKind.precompile ? "precompile" : "preimage");
      return host.preimage(kind, key);
    },
    inbox(kind, index) {
      note("inbox");
      return host.inbox(kind, index);
    },
    hint: (kind, data) => host.hint(kind, data),
  };
  program ??= flatten(readFileSync(programPath()));
  box.machine = createMachine(program, { input: witness.input, inboxLimit, host: listening });
  box.machine.run(1n << 40n);
  box.machine.dispose();
  if (steps.length === 0) throw new Error(`the run makes no ${call} call`);
  return steps[seed % steps.length];
}
