import { VmError } from "./errors";
import type { Host } from "./host";
import { Status, framesBase, type InboxLimit, type Program, type Registers } from "./types";

/** What a run begins with, beside the program. */
export type MachineStart = {
  /** 32 bytes: the output root before. All zeros make a machine that has already trapped (`noInput`). */
  input: Uint8Array;
  inboxLimit: InboxLimit;
  host: Host;
};

/** The registers before the first step. */
export function initialRegisters(program: Program, { input, inboxLimit }: Omit<MachineStart, "host">): Registers {
  if (input.length !== 32) throw new VmError("vm.bad-argument", `the input has ${input.length} bytes; it needs 32`);
  return {
    pc: program.entryPc,
    fp: framesBase(program),
    status: input.every((byte) => byte === 0) ? Status.noInput : Status.running,
    input: input.slice(),
    output: new Uint8Array(32),
    inboxLimit: { ...inboxLimit },
  };
}

/** The memory before the first step, as one array of `memorySize` bytes. */
export function initialMemory(program: Program): Uint8Array {
  const memory = new Uint8Array(program.memorySize);
  for (const { address, bytes } of program.segments) memory.set(bytes, address);
  return memory;
}
