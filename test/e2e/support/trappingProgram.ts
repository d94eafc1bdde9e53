import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keccak256 } from "ethers";
import { builtFile } from "../../../node/modules";
import { invariant } from "../../../protocol/errors";
import { commitProgram } from "../../../vm/commit/program";
import { flatten } from "../../../vm/flatten";

/**
 * Writes the built program with a planted trap into a folder, with the commitment that a deployment reads: it traps as soon as it
 * reads the record of a batch.
 * @param batch - Index of that batch, from 0.
 */
export async function buildTrappingProgram(folder: string, batch: number): Promise<void> {
  const binaryen = (await import("binaryen")).default;
  const module = binaryen.readBinary(readFileSync(builtFile("stf.wasm")));
  const text = module.emitText();
  const [, name] = /\(import "solvent" "inbox" \(func (\$\S+)/.exec(text)!;
  const [, type] = new RegExp(`\\(func \\${name} \\((type \\$\\S+)\\)`).exec(text) ?? [];
  const planted = `
  (func $planted ${type === undefined ? "" : `(${type})`} (param $kind i32) (param $index i64) (param $to i32) (result i32)
    (local $found i32)
    (local.set $found (call ${name} (local.get $kind) (local.get $index) (local.get $to)))
    (if (i32.and (local.get $found) (i32.and (i32.eqz (local.get $kind)) (i64.eq (local.get $index) (i64.const ${batch}))))
      (then (unreachable)))
    (local.get $found))`;
  const calls = text.replaceAll(`(call ${name}\n`, "(call $planted\n");
  invariant(calls !== text, "the program asks for records");
  const end = calls.lastIndexOf(")");
  const wasm = binaryen.parseText(calls.slice(0, end) + planted + ")").emitBinary();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "stf.wasm"), wasm);
  writeFileSync(join(folder, "engine.wasm"), readFileSync(builtFile("engine.wasm")));
  const file = { wasmHash: keccak256(wasm), ...commitProgram(flatten(wasm)) };
  writeFileSync(join(folder, "program.json"), JSON.stringify(file));
}
