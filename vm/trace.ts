import type { Host } from "./host";
import { unpackInstruction } from "./isa";
import { RecordingMemory, type StepMemory } from "./reference/memory";
import { step } from "./reference/step";
import type { Program, Registers, StepTrace } from "./types";

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
