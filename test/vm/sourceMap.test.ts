import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeInstruction } from "../../vm/describe";
import { VmError } from "../../vm/errors";
import { flatten } from "../../vm/flatten";
import { locate, parseSourceMap } from "../../vm/sourceMap";
import { syntheticProgram } from "./support/syntheticProgram";
import { Op, binaryOp, branchOp, type Instruction } from "../../vm/isa";

const ROOT = join(__dirname, "..", "..");
const ZERO: Instruction = { op: 0, d: 0, a: 0, b: 0, imm: 0n };

describe("source map", () => {
  it("leads each instruction of stf.wasm to a line that exists, most of them to the program's own files", () => {
    const program = flatten(readFileSync(join(ROOT, "build", "stf.wasm")));
    const map = parseSourceMap(readFileSync(join(ROOT, "build", "stf.wasm.map"), "utf8"));
    const lines = new Map<string, string[]>();
    let located = 0;
    const count = program.wasmOffsets.length;
    for (let pc = 0; pc < count; pc++) {
      const place = locate(program, map, pc);
      if (place === null) continue;
      located++;
      if (place.file.startsWith("~lib")) continue;
      if (!lines.has(place.file)) {
        expect(existsSync(join(ROOT, place.file)), place.file).to.equal(true);
        lines.set(place.file, readFileSync(join(ROOT, place.file), "utf8").split("\n"));
      }
      const line = lines.get(place.file)![place.line - 1];
      if (line?.trim() !== place.text) expect.fail(`${place.file}:${place.line} is ${line}, not ${place.text}`);
    }
    expect(located / count).to.be.greaterThan(0.9);
    expect(lines.size).to.be.greaterThan(20);
  });

  it("names the exported entry and knows nothing behind the code", () => {
    const program = flatten(readFileSync(join(ROOT, "build", "stf.wasm")));
    const map = parseSourceMap(readFileSync(join(ROOT, "build", "stf.wasm.map"), "utf8"));
    expect(locate(program, map, program.entryPc)).to.equal(null);
    expect(locate(program, map, 1e9)).to.equal(null);
  });

  it("decodes negative and long numbers, and stretches without source", () => {
    const json = JSON.stringify({
      version: 3,
      sources: ["a.ts", "b.ts"],
      sourcesContent: ["zero\n  one\ntwo", null],
      mappings: "QAAA,gB,ggCAEA,ICFA",
    });
    // stretches: 8 a.ts:1, 24 unknown, 1048 a.ts:3, 1052 b.ts:1 (without text)
    const map = parseSourceMap(json);
    const wasmOffsets = Uint32Array.from([4, 8, 23, 24, 1048, 1052, 24, 1049]);
    const base = { ...syntheticProgram([]), wasmOffsets };
    const range = (startPc: number, endPc: number) => ({ startPc, endPc, frameSlots: 1, wasmIndex: 0, name: "f" });
    const program = { ...base, functions: [range(0, 6), range(6, 8)] };
    const zero = { file: "a.ts", line: 1, text: "zero" };
    const two = { file: "a.ts", line: 3, text: "two" };
    const places = [...wasmOffsets.keys()].map((pc) => locate(program, map, pc));
    expect(places).to.deep.equal([zero, zero, zero, zero, two, { file: "b.ts", line: 1 }, two, two]);
    expect(locate(base, map, 1)).to.equal(null);
  });

  for (const [what, json] of [
    ["text that is not JSON", "{"],
    ["another version", `{"version":2,"sources":[],"mappings":""}`],
    ["a foreign digit", `{"version":3,"sources":["a"],"mappings":"A?AA"}`],
    ["a number cut off", `{"version":3,"sources":["a"],"mappings":"AAAg"}`],
    ["a file that is not there", `{"version":3,"sources":["a"],"mappings":"ACAA"}`],
    ["several lines", `{"version":3,"sources":["a"],"mappings":"AAAA;AAAA"}`],
    ["null", "null"],
  ])
    it(`refuses ${what}`, () => {
      expect(() => parseSourceMap(json))
        .to.throw(VmError)
        .with.property("code", "vm.bad-argument");
    });

  for (const [wanted, instruction] of [
    ["add64 s4 = s2, s3", { op: binaryOp(0, true, false), d: 4, a: 2, b: 3 }],
    ["sub32Const s4 = s2, -1", { op: binaryOp(1, false, true), d: 4, a: 2, imm: 2n ** 64n - 1n }],
    ["branch.ltU32Const s1, -2 -> 120", { op: branchOp(4, false, true), a: 1, imm: (0xfffffffen << 32n) | 120n }],
    ["load.u32 s5 = [s2 + 16]", { op: Op.load + 2, d: 5, a: 2, imm: 16n }],
    ["loadIndexed.u8 s5 = [s2 + s3]", { op: Op.loadIndexed, d: 5, a: 2, b: 3 }],
    ["store.u64 [s2 + 8] = s3", { op: Op.store + 3, a: 2, b: 3, imm: 8n }],
    ["storeConst.u8 [s2] = 7", { op: Op.storeConst, a: 2, imm: 7n << 32n }],
    ["storeAbsolute.u8 [64] = s3", { op: Op.storeAbsolute, b: 3, imm: 64n }],
    ["storeIndexed.u16 [s1 + s2] = s9", { op: Op.storeIndexed + 1, d: 9, a: 1, b: 2 }],
    ["select s1 = s2, s3, s4", { op: Op.select, d: 1, a: 2, b: 3, imm: 4n }],
    ["call frame s6, size 12, link s2 -> 40", { op: Op.call, d: 6, a: 2, b: 12, imm: 40n }],
    ["zero s3 .. s5", { op: Op.zero, d: 3, b: 3 }],
    ["preimage s1 = s2", { op: Op.preimage, d: 1, a: 2 }],
    ["end", { op: Op.end }],
    ["invalid 0xffff", { op: 0xffff }],
  ] as [string, Partial<Instruction>][])
    it(`describes ${wanted}`, () => {
      expect(describeInstruction(syntheticProgram([{ ...ZERO, ...instruction }]), 0)).to.equal(wanted);
    });
});
