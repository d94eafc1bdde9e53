import { readFileSync } from "node:fs";
import { builtFile } from "../node/modules";
import { explainPc } from "../vm/explain";
import { flatten } from "../vm/flatten";
import { readWitness } from "../vm/prove/readWitness";
import { parseSourceMap, type SourceMap } from "../vm/sourceMap";
import { Status, type Program, type Registers } from "../vm/types";
import { toHex } from "../protocol";

/** Puts steps of the built program into words; reads it when it is first asked. */
export class StepReader {
  private built: { wasm: Uint8Array; program: Program; map: SourceMap | null } | null = null;

  /**
   * @returns JSON values: place in source and code, registers and memory leaves before and after, bytes of the witness by part.
   * @throws VmError `vm.bad-argument` for bytes that are no witness of the built program.
   */
  explain(witness: Uint8Array): object {
    const { wasm, program, map } = (this.built ??= readBuilt());
    const { before, after, leaves, bytes, beforeHash, afterHash } = readWitness(program, witness);
    const { wasmBytes, ...place } = explainPc(program, wasm, map, before.pc);
    return {
      ...place,
      wasmBytes: toHex(wasmBytes),
      before: registersToJson(before),
      after: after === null ? null : registersToJson(after),
      leaves: leaves.map((leaf) => ({ index: leaf.index, before: toHex(leaf.before), after: toHex(leaf.after) })),
      bytes,
      beforeHash: toHex(beforeHash),
      afterHash: afterHash === null ? null : toHex(afterHash),
    };
  }
}

function registersToJson({ pc, fp, status, input, output, inboxLimit }: Registers): object {
  return {
    pc,
    fp,
    status: Object.entries(Status).find(([, value]) => value === status)![0],
    input: toHex(input),
    output: toHex(output),
    batchCount: Number(inboxLimit.batchCount),
    delayedCount: Number(inboxLimit.delayedCount),
  };
}

function readBuilt(): { wasm: Uint8Array; program: Program; map: SourceMap | null } {
  const file = builtFile("stf.wasm");
  const wasm = readFileSync(file);
  let map: SourceMap | null = null;
  try {
    map = parseSourceMap(readFileSync(`${file}.map`, "utf8"));
  } catch {
    // A build without maps is explained without source lines.
  }
  return { wasm, program: flatten(wasm), map };
}
