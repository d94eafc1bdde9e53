import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { createCommand, runCommand } from "../actor/command";
import { toHex } from "../protocol";
import { SolventError } from "../protocol/errors";
import { disputeProgram, runInMachine, runInV8, type ProgramDispute } from "../simulator/proveProgram";
import { VmError } from "../vm/errors";
import { explainPc } from "../vm/explain";
import { flatten } from "../vm/flatten";
import { parseSourceMap, type SourceMap } from "../vm/sourceMap";
import { INSTRUCTION_BYTES, Status, type Program } from "../vm/types";
import type { ProofRecord } from "./support/checks";
import { ensureBuilt } from "./support/ensureBuilt";

/** Steps of a run that is disputed here, at most: some minutes of hashing. */
const MOST_STEPS = 1n << 24n;

interface Flags {
  input: Uint8Array;
  map?: string;
  step?: number | "last";
  out?: string;
}

/** `solvent prove FILE.wasm --input HEX`: any program, run in V8 and in the proof VM, then a lie about it disputed on an in-process L1. */
async function main(): Promise<void> {
  const command = createCommand(
    "solvent prove",
    "Runs any WebAssembly program of the subset and disputes a lie about it, down to one instruction on L1.",
  );
  command
    .argument("<file>", "a module that exports `run` and `memory`; it may import input and output of `solvent`")
    .requiredOption("--input <hex>", "up to 32 bytes, filled up with zeros on the left; not all zero", word)
    .option("--map <file>", "its source map; FILE.map by default, where that is there")
    .option("--out <file>", "writes what was run and proven as JSON, too")
    .option("--step <n>", "where the lie begins, from 0, or last; the middle of the run by default", stepNumber);
  command.parse();
  const [file] = command.args;
  const { input, map: mapFile, step: asked, out } = command.opts<Flags>();
  const wasm = readBytes(file);
  const map = readMap(mapFile, `${file}.map`);
  await ensureBuilt((text) => console.error(text), true);

  const program = refusing(() => flatten(wasm));
  console.log(
    `flat code     ${program.code.length / INSTRUCTION_BYTES} instructions from ${wasm.length} bytes of wasm, memory ${program.memorySize} bytes`,
  );
  const run = refusing(() => runInMachine(program, input, MOST_STEPS));
  if (run.status === Status.running)
    throw new SolventError("program-refused", `the run has not ended after ${MOST_STEPS} steps: give it less to do`);
  const native = await runInV8(wasm, input);
  console.log(`V8            ${native.output} in ${native.milliseconds.toFixed(1)} ms`);
  console.log(
    `proof VM      ${run.output} in ${run.milliseconds.toFixed(1)} ms, ${run.steps} steps, ${statusName(run.status)}`,
  );
  if (native.output !== run.output)
    throw new SolventError("program-refused", `V8 and the proof VM differ (the VM: ${statusName(run.status)})`);

  const step = asked === "last" ? run.steps - 1n : asked === undefined ? run.steps / 2n : BigInt(asked);
  if (step >= run.steps) command.error(`--step ${step}: the run has ${run.steps} steps`);
  console.log(`the lie       true up to step ${step}, then halted with an output of its own`);
  const started = Date.now();
  const dispute = await disputeProgram(program, input, run, step);
  describe(dispute, program, wasm, map);
  if (out !== undefined) {
    const { proofGas, witnessBytes } = dispute;
    const record = {
      file: resolve(file),
      input: toHex(input),
      output: run.output,
      steps: Number(run.steps),
      step: Number(step),
      proofGas,
      witnessBytes,
    };
    writeFileSync(out, `${JSON.stringify(record satisfies ProofRecord, null, 2)}\n`);
  }
  console.log(`verdict       L1 has executed step ${step} itself: the truth wins (${seconds(Date.now() - started)} s)`);
}

function describe(dispute: ProgramDispute, program: Program, wasm: Uint8Array, map: SourceMap | null): void {
  const { heights, transactions, gas, proofGas, witnessBytes, reading } = dispute;
  console.log(
    `the game      heights ${heights.join(", ")}; ${transactions} transactions, ${grouped(gas)} gas of both sides`,
  );
  const { registers, code, leaves, hostData, siblings } = reading.bytes;
  console.log(
    `the proof     ${grouped(proofGas)} gas; witness of ${witnessBytes} bytes: ` +
      `registers ${registers}, code ${code}, leaves ${leaves}, host data ${hostData}, paths ${siblings}`,
  );
  const {
    pc,
    flat,
    function: owner,
    wasmOffset,
    wasmBytes,
    place,
    source,
  } = explainPc(program, wasm, map, reading.before.pc);
  console.log(`the step      ${flat.find((one) => one.pc === pc)!.text}`);
  console.log(
    owner === null
      ? `              flat instruction ${pc}, in the stub that calls run`
      : `              flat instruction ${pc} in ${owner}, wasm byte ${wasmOffset}: ${toHex(wasmBytes)}`,
  );
  console.log(
    `              ${place === null ? "no source line: no source map tells one" : `${place.file}:${place.line}`}`,
  );
  for (const { line, text } of source)
    console.log(`              ${line === place!.line ? ">" : " "} ${String(line).padStart(4)}  ${text}`);
  console.log(`before        ${toHex(reading.beforeHash)}`);
  // L1 alone knows what its inbox answers.
  if (reading.afterHash !== null) console.log(`after         ${toHex(reading.afterHash)}`);
}

/** @throws SolventError `program-refused` for what the VM refuses, with the construct and its offset. */
function refusing<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof VmError)) throw cause;
    throw new SolventError("program-refused", cause.message, { cause });
  }
}

/** @throws SolventError `config-unreadable`. */
function readBytes(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw new SolventError("config-unreadable", `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** @param named - Must be there; null where only the usual place was looked at, in vain. */
function readMap(named: string | undefined, usual: string): SourceMap | null {
  if (named === undefined && !existsSync(usual)) return null;
  const file = named ?? usual;
  const json = Buffer.from(readBytes(file)).toString();
  try {
    return parseSourceMap(json);
  } catch (cause) {
    throw new SolventError("config-invalid", `${file}: ${(cause as Error).message}`, { cause });
  }
}

function statusName(status: Status): string {
  return Object.entries(Status).find(([, value]) => value === status)![0];
}

const grouped = (n: number): string => n.toLocaleString("en");
const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(1);

function stepNumber(text: string): number | "last" {
  if (text === "last" || /^\d{1,15}$/.test(text)) return text === "last" ? text : Number(text);
  throw new InvalidArgumentError("Give a whole number of at least 0, or last.");
}

/** Bytes of a word, from hex. */
function word(text: string): Uint8Array {
  if (!/^0x[0-9a-fA-F]{1,64}$/.test(text) || BigInt(text) === 0n)
    throw new InvalidArgumentError(
      "Give 0x and up to 64 hex digits, not all zero (a run from the zero root is over at once).",
    );
  return new Uint8Array(Buffer.from(text.slice(2).padStart(64, "0"), "hex"));
}

void runCommand("solvent prove", main).then(() => process.exit());
