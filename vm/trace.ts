import type { Host } from "./host";
import { unpackInstruction, type Instruction } from "./isa";
import { RecordingMemory, type StepMemory } from "./reference/memory";
import { step } from "./reference/step";
import type { Program, Registers } from "./types";

/** All about one step that has not been done yet. */
export type StepTrace = {
  instruction: Instruction;
  before: Registers;
  after: Registers;
  /** Leaves of the memory tree that the step reads or writes, ascending. */
  leaves: number[];
  writes: { address: number; bytes: Uint8Array }[];
  /** Leaves that the step writes, ascending; a part of `leaves`. */
  writtenLeaves: number[];
  /** The host call that L1 has to check, if the step made one. */
  hostCall?:
    | { call: "preimage"; kind: number; key: Uint8Array; data: Uint8Array }
    | { call: "inbox"; kind: number; index: bigint; record: Uint8Array };
};

/** Tries the next step without doing it: what it touches and what comes out. Pure but for the host's answers. */
export function traceStep(program: Program, registers: Registers, memory: StepMemory, host: Host): StepTrace {
  const before = cloneRegisters(registers);
  const after = cloneRegisters(registers);
  const recording = new RecordingMemory(memory);
  let hostCall: StepTrace["hostCall"];
  const listening: Host = {
    preimage(kind, key) {
      const data = host.preimage(kind, key);
      hostCall = { call: "preimage", kind, key: key.slice(), data };
      return data;
    },
    inbox(kind, index) {
      const record = host.inbox(kind, index);
      if (record !== null) hostCall = { call: "inbox", kind, index, record };
      return record;
    },
    hint() {},
  };
  step(program, after, recording, listening);
  return {
    instruction: unpackInstruction(program.code, registers.pc),
    before,
    after,
    leaves: recording.leaves,
    writes: recording.writes,
    writtenLeaves: recording.writtenLeaves,
    hostCall,
  };
}

/** A copy that shares nothing. */
export function cloneRegisters(registers: Registers): Registers {
  return {
    ...registers,
    input: registers.input.slice(),
    output: registers.output.slice(),
    inboxLimit: { ...registers.inboxLimit },
  };
}
