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
  /** A bit of memory to flip at a random step, so that the run still ends well, but elsewhere. */
  | { kind: "flip"; machine: MachineSpec; seed: number; attempts: number }
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
export type FlipResult = {
  patch: MemoryPatch;
  /** Output root that the flipped run ends with. */
  output: Uint8Array;
  /** What it offered on its way: nodes, codes, headers. */
  offered: Uint8Array[];
} | null;
export type ExplainResult = {
  pc: number;
  mnemonic: string;
  wasmOffset: number;
  file: string | null;
  line: number | null;
  /** The line of AssemblyScript, trimmed. */
  source: string | null;
};

export type JobResult<J extends Job> = J extends { kind: "strides" }
  ? StridesResult
  : J extends { kind: "steps" }
    ? StepsResult
    : J extends { kind: "witness" }
      ? WitnessResult
      : J extends { kind: "flip" }
        ? FlipResult
        : ExplainResult;

/** Messages between a pool and its workers. */
export type WorkerRequest = { id: number; job: Job };
export type WorkerReply = { id: number; result: unknown } | { id: number; error: { message: string; code?: string } };
