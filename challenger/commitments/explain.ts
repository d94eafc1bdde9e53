import { readFileSync } from "node:fs";
import { locate, parseSourceMap, type SourceMap } from "../../vm/sourceMap";
import { describeInstruction } from "../../vm/describe";
import type { Machine } from "../../vm/types";
import type { ExplainResult } from "./jobs";
import { programPath } from "./programFile";

let sourceMap: SourceMap | null | undefined;

/** The next step of a machine in words: its instruction, and the line of AssemblyScript that it comes from. */
export function explainStep(machine: Machine): ExplainResult {
  const { pc } = machine.registers();
  const { program } = machine;
  const map = sources();
  const place = map === null ? null : locate(program, map, pc);
  return {
    pc,
    mnemonic: describeInstruction(program, pc),
    wasmOffset: program.wasmOffsets[pc] ?? 0,
    file: place?.file ?? null,
    line: place?.line ?? null,
    source: place?.text ?? null,
  };
}

function sources(): SourceMap | null {
  if (sourceMap === undefined) {
    try {
      sourceMap = parseSourceMap(readFileSync(`${programPath()}.map`, "utf8"));
    } catch {
      sourceMap = null; // a build without maps proves just as well
    }
  }
  return sourceMap;
}
