import { INSTRUCTION_BYTES, type Program } from "../../../vm/types";
import { packInstruction, type Instruction } from "../../../vm/isa";

/** A program whose code is just these instructions, in order; it starts at the first. Sizes are bytes, multiples of 4,096. */
export function syntheticProgram(
  instructions: readonly Instruction[],
  { linearSize = 65536, frameArea = 131072, globalArea = 4096, memoryDepth = 13 } = {},
): Program {
  const code = new Uint8Array(Math.ceil(instructions.length / 2) * 2 * INSTRUCTION_BYTES);
  const view = new DataView(code.buffer);
  instructions.forEach((instruction, pc) => packInstruction(view, pc, instruction));
  return {
    code,
    entryPc: 0,
    linearSize,
    frameArea,
    globalArea,
    memorySize: linearSize + frameArea + globalArea,
    memoryDepth,
    segments: [],
    exports: [],
    // one function, whose frame holds every slot that the instructions may name
    functions: [{ startPc: 0, endPc: instructions.length, frameSlots: 8191, wasmIndex: 0, name: "all" }],
    wasmOffsets: new Uint32Array(instructions.length),
  };
}
