import { readFileSync } from "node:fs";
import { OP_INFO, unpackInstruction } from "../../vm/isa";
import { SourceMap } from "../../vm/sourceMap";
import type { Machine } from "../../vm/types";
import type { ExplainResult } from "./jobs";
import { programPath } from "./programFile";

let sourceMap: SourceMap | null | undefined;

/** The next step of a machine in words: its instruction, and the line of AssemblyScript that it comes from. */
export function explainStep(machine: Machine): ExplainResult {
  const { pc } = machine.registers();
  const { op, d, a, b, imm } = unpackInstruction(machine.program.code, pc);
  const name = OP_INFO.get(op)?.name ?? `op ${op.toString(16)}`;
  const place = sources()?.locate(machine.program, pc) ?? null;
  return {
    pc,
    mnemonic: `${name} d=${d} a=${a} b=${b} imm=0x${imm.toString(16)}`,
    wasmOffset: machine.program.wasmOffsets[pc] ?? 0,
    file: place?.file ?? null,
    line: place?.line ?? null,
    source: place?.text ?? null,
  };
}

function sources(): SourceMap | null {
  if (sourceMap === undefined) {
    try {
      sourceMap = new SourceMap(readFileSync(`${programPath()}.map`, "utf8"));
    } catch {
      sourceMap = null; // a build without maps proves just as well
    }
  }
  return sourceMap;
}
