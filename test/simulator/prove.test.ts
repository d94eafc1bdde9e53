import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { toHex, word } from "../../protocol";
import { compileOnce } from "../../simulator/boards/contracts/compile";
import { disputeProgram, runInMachine, runInV8 } from "../../simulator/proveProgram";
import { compileAssemblyScript } from "../../vm/build/asc";
import { explainPc } from "../../vm/explain";
import { flatten } from "../../vm/flatten";
import { Op } from "../../vm/isa";
import { parseSourceMap } from "../../vm/sourceMap";
import { Status } from "../../vm/types";
import { code, functions, memory, runModule, section, types, wasmModule, type Part } from "../vm/support/wasmBytes";

const ROOT = join(__dirname, "..", "..");
const PROGRAMS = join(ROOT, "docs", "workshop", "programs");
const MOST = 1n << 20n;
const U64 = 2n ** 64n - 1n;

/** What docs/workshop/programs/checksum.as.ts gives, read as a person reads it. */
function checksum(start: bigint): bigint[] {
  const words = [0n, 0n, 0n, 0n];
  let mixed = start;
  for (let round = 0n; round < 1000n; round++) {
    mixed ^= (mixed << 13n) & U64;
    mixed ^= mixed >> 7n;
    mixed = (mixed + round) & U64;
    words[Number(round & 3n)] = mixed;
  }
  return words;
}

function primesBelow(limit: number): number {
  const isPrime = (n: number): boolean =>
    n > 1 && !Array.from({ length: n - 2 }, (_, i) => i + 2).some((d) => n % d === 0);
  return Array.from({ length: limit }, (_, n) => n).filter(isPrime).length;
}

function collatz(n: number): number {
  return n <= 1 ? 0 : 1 + collatz(n % 2 === 0 ? n / 2 : 3 * n + 1);
}

/** The order of the input is that of the program's loads. */
function littleEndian(words: readonly bigint[]): string {
  const bytes = new DataView(new ArrayBuffer(32));
  words.forEach((one, i) => bytes.setBigUint64(8 * i, one, true));
  return toHex(new Uint8Array(bytes.buffer));
}

/** A module with one page, exported, and a body of `run` without locals. */
const withMemory = (body: Part): Uint8Array => {
  const name = (text: string): Part => [text.length, ...Buffer.from(text)];
  const exported = section(7, [2, ...name("run"), 0, 0, ...name("memory"), 2, 0]);
  return wasmModule(types([[], []]), functions(0), memory(1), exported, code(body));
};

describe("simulator: any program, proven", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "solvent-prove-"));
  const checksumFile = join(folder, "checksum.wasm");
  before(async () => {
    await compileOnce();
    const pages = ["--initialMemory", "1", "--maximumMemory", "1"];
    await compileAssemblyScript(
      "docs/workshop/programs/checksum.as.ts",
      checksumFile,
      ["-O", "--use", "abort=", ...pages],
      ROOT,
    );
    const noEnd: Part = [0x03, 0x40, 0x0c, 0, 0x0b];
    writeFileSync(join(folder, "endless.wasm"), withMemory(noEnd));
    writeFileSync(join(folder, "grows.wasm"), withMemory([0x41, 0, 0x40, 0, 0x1a]));
    writeFileSync(join(folder, "hidden.wasm"), runModule([0x01], memory(1)));
    writeFileSync(join(folder, "text.wasm"), "(module)");
    writeFileSync(join(folder, "broken.map"), "{}");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const PROVEN: [language: string, file: () => string, input: bigint, output: () => string][] = [
    ["AssemblyScript", () => checksumFile, 42n, () => littleEndian(checksum(42n << 56n))],
    ["C", () => join(PROGRAMS, "primes.wasm"), 42n, () => toHex(word(primesBelow(8 * 42)))],
    ["Rust", () => join(PROGRAMS, "collatz.wasm"), 27n, () => toHex(word(collatz(27)))],
  ];
  for (const [language, file, input, output] of PROVEN)
    it(`runs a program from ${language} alike in V8 and in the machine, and proves its middle step on L1`, async () => {
      const wasm = new Uint8Array(readFileSync(file()));
      const program = flatten(wasm);
      const run = runInMachine(program, word(input), MOST);
      expect(run.status).to.equal(Status.halted);
      expect(run.output).to.equal(output());
      expect((await runInV8(wasm, word(input))).output).to.equal(run.output);
      const { reading, proofGas, witnessBytes } = await disputeProgram(program, word(input), run, run.steps / 2n);
      const parts = Object.values(reading.bytes).reduce((sum, bytes) => sum + bytes, 0);
      expect(parts).to.equal(witnessBytes);
      expect(proofGas).to.be.within(50_000, 200_000);
    });

  it("proves the first step and the last, and names the line of either", async () => {
    const wasm = new Uint8Array(readFileSync(checksumFile));
    const program = flatten(wasm);
    const map = parseSourceMap(readFileSync(`${checksumFile}.map`, "utf8"));
    const run = runInMachine(program, word(42), MOST);
    const first = await disputeProgram(program, word(42), run, 0n);
    expect(first.reading.instruction?.op).to.equal(Op.call);
    expect(first.reading.before.pc).to.equal(program.entryPc);
    const last = await disputeProgram(program, word(42), run, run.steps - 1n);
    expect(last.reading.instruction?.op).to.equal(Op.output);
    const { place, source } = explainPc(program, wasm, map, last.reading.before.pc);
    expect(place?.file).to.match(/checksum\.as\.ts$/);
    expect(source.find(({ line }) => line === place?.line)?.text).to.include("output(OUTPUT)");
  });

  it("proves that a program traps", async () => {
    const wasm = withMemory([0x41, 1, 0x41, 0, 0x6e, 0x1a]);
    const program = flatten(wasm);
    const run = runInMachine(program, word(1), MOST);
    expect([run.status, run.output]).to.deep.equal([Status.divisionByZero, toHex(word(0))]);
    expect((await runInV8(wasm, word(1))).output).to.equal(run.output);
    const { reading } = await disputeProgram(program, word(1), run, run.steps - 1n);
    expect(reading.after?.status).to.equal(Status.divisionByZero);
  });

  describe("solvent prove", () => {
    const prove = (...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> =>
      new Promise((resolve) =>
        execFile(
          process.execPath,
          ["--require", require.resolve("tsx/cjs"), "scripts/solvent.ts", "prove", ...args],
          { cwd: ROOT },
          (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
        ),
      );
    const at = (name: string): string => join(folder, name);

    const REFUSED: [what: string, args: () => string[], status: number, names: RegExp][] = [
      ["a missing file", () => [at("none.wasm"), "--input", "0x1"], 1, /\[config-unreadable\] .*none\.wasm/],
      [
        "bytes that are no module",
        () => [at("text.wasm"), "--input", "0x1"],
        1,
        /\[program-refused\] malformed module at byte 0/,
      ],
      [
        "a construct outside the subset",
        () => [at("grows.wasm"), "--input", "0x1"],
        1,
        /\[program-refused\] .*memory\.grow at byte \d+/,
      ],
      [
        "a run without an end",
        () => [at("endless.wasm"), "--input", "0x1"],
        1,
        /\[program-refused\] .*not ended after 16777216 steps/,
      ],
      [
        "a memory that is not exported",
        () => [at("hidden.wasm"), "--input", "0x1"],
        1,
        /\[program-refused\] .*exports no "memory"/,
      ],
      [
        "no map",
        () => [checksumFile, "--input", "0x1", "--map", at("broken.map")],
        2,
        /\[config-invalid\] .*broken\.map/,
      ],
      ["input of zeros", () => [checksumFile, "--input", "0x00"], 2, /not all zero/],
      ["input that is no hex", () => [checksumFile, "--input", "abc"], 2, /0x and up to 64 hex digits/],
      [
        "a step behind the end",
        () => [checksumFile, "--input", "0x1", "--step", "99999999"],
        2,
        /the run has \d+ steps/,
      ],
    ];
    for (const [what, args, status, names] of REFUSED)
      it(`refuses ${what} in one line`, async () => {
        const ended = await prove(...args());
        expect(ended.stderr).to.match(names);
        expect(ended.stderr.trim().split("\n"), ended.stderr).to.have.length(1);
        expect(ended.status).to.equal(status);
      });

    it("tells the run, the game, the proof and the line", async () => {
      const { status, stdout, stderr } = await prove(checksumFile, "--input", "0x2a", "--step", "last");
      expect(stderr).to.equal("");
      for (const part of [
        /^V8 .*0x[0-9a-f]{64}/m,
        /proof VM .* 11009 steps, halted/,
        /the game .* gas of both sides/,
        /witness of \d+ bytes/,
      ])
        expect(stdout).to.match(part);
      expect(stdout).to.match(/checksum\.as\.ts:\d+\n/);
      expect(stdout).to.match(/verdict .*L1 has executed step 11008 itself: the truth wins/);
      expect(status).to.equal(0);
    });
  });
});
