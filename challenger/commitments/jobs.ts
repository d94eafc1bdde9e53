import type { MemoryPatch } from "./substitution";
import type { RunWitness } from "./recording";

/** A machine that a worker can make: the program on one recorded run. */
export interface MachineSpec {
  /** Names the machine; equal ids are the same machine. */
  id: string;
  witness: RunWitness;
  patches: MemoryPatch[];
}

/** What a worker is asked. Heights are those of levels 1 and 2. */
export type Job =
  /** Machine hashes every 2^height2 steps. */
  | { kind: "strides"; machine: MachineSpec; height1: number; height2: number }
  /** Machine hashes at every step of stride number `stride`. */
  | { kind: "steps"; machine: MachineSpec; stride: number; height2: number }
  /** Witness of the step after `step` steps. */
  | { kind: "witness"; machine: MachineSpec; step: bigint }
  /** What the step after `step` steps does, and where it stands in the source. */
  | { kind: "explain"; machine: MachineSpec; step: bigint };

export type StridesResult = {
  /** `HistoryTree.toBytes()`. */
  tree: Uint8Array;
  /** Hash of the machine before its first step. */
  start: Uint8Array;
  /** Encoded registers of the machine in the last leaf. */
  lastRegisters: Uint8Array;
  /** Steps until the machine stopped, or all of them. */
  steps: bigint;
};
export type StepsResult = { tree: Uint8Array };
export type WitnessResult = { witness: Uint8Array };
export type ExplainResult = {
  pc: number;
  mnemonic: string;
  wasmOffset: number;
  file: string | null;
  line: number | null;
  /** The line of AssemblyScript, trimmed. */
  source: string | null;
};

/** What each kind of job gives. */
export interface JobResults {
  strides: StridesResult;
  steps: StepsResult;
  witness: WitnessResult;
  explain: ExplainResult;
}
export type JobResult<J extends Job> = JobResults[J["kind"]];

/** A job of any worker: the honest ones above, or one of a worker with handlers of its own. */
export interface AnyJob {
  kind: string;
  machine: { id: string };
}

/** Messages between a pool and its workers. */
export type WorkerRequest = { id: number; job: AnyJob };
export type WorkerReply = { id: number; result: unknown } | { id: number; error: { message: string; code?: string } };
