import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { answerPrecompile, precompileRequest } from "../../node/precompiles";
import { globSync } from "../support/glob";
import { CodeRunner } from "./eest/runCode";
import type { ConformanceTally } from "./main";

type Vector = { Name: string; Input: string; Expected?: string; ExpectedError?: string; Gas?: number };

/** Precompile by file name (without "fail-"): its address on Osaka, or why the file is skipped. */
const FILES: Readonly<Record<string, number | string>> = {
  ecRecover: 0x01,
  modexp: "gas of Byzantium (EIP-198)",
  modexp_eip2565: "gas of Berlin (EIP-2565)",
  modexp_eip7883: 0x05,
  bn256Add: 0x06,
  bn256ScalarMul: 0x07,
  bn256Pairing: 0x08,
  blake2F: 0x09,
  blake2f: 0x09,
  pointEvaluation: 0x0a,
  blsG1Add: 0x0b,
  blsG1MultiExp: 0x0c,
  blsG1Mul: 0x0c,
  blsG2Add: 0x0d,
  blsG2MultiExp: 0x0e,
  blsG2Mul: 0x0e,
  blsPairing: 0x0f,
  blsMapG1: 0x10,
  blsMapG2: 0x11,
  p256Verify: 0x100,
};

/** Gas of a transaction, less what the code around the call takes; and of a byte of call data. */
const MOST_GAS = 15_000_000;
const BYTE_GAS = 16;

/**
 * `npm run conformance -- precompiles DIR [MOST PER FILE]`: geth's vectors, each called by code that runs in the engine: output or failure,
 * and the gas where the vector states it.
 */
export async function run([folder, most]: string[]): Promise<ConformanceTally> {
  if (folder === undefined) throw new Error("usage: npm run conformance -- precompiles DIR [MOST PER FILE]");
  const runner = new CodeRunner();
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const file of globSync(folder, /\.json$/)) {
    const name = basename(file, ".json").replace(/^fail-/, "");
    const address = FILES[name];
    const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];
    if (typeof address !== "number") {
      console.log(`skipped ${vectors.length} of ${name}: ${address ?? "no precompile of Osaka"}`);
      tally.skipped += vectors.length;
      continue;
    }
    for (const vector of vectors.slice(0, most === undefined ? vectors.length : Number(most))) {
      const difference = await compare(runner, address, vector);
      if (difference === null) tally.passed += 1;
      else {
        tally.failed += 1;
        console.log(`failed ${name} ${vector.Name}: ${difference}`);
      }
    }
  }
  return tally;
}

/** Null, or what differs. */
async function compare(runner: CodeRunner, address: number, vector: Vector): Promise<string | null> {
  const input = Buffer.from(vector.Input, "hex");
  if ((vector.Gas ?? 0) + input.length * BYTE_GAS > MOST_GAS) return compareAnswer(address, input, vector);
  const logs = await runner.logsOf(callCode(address), input);
  if (logs.length !== 2) return "the call did not come back";
  const [output, numbers] = logs;
  const [success, gas] = [numbers.slice(0, 64), numbers.slice(64)].map((word) => Number(`0x${word}`));
  if (vector.ExpectedError !== undefined) return success === 0 ? null : `${output} instead of failure`;
  if (success === 0) return "fails";
  if (output !== (vector.Expected ?? "").toLowerCase()) return `${output} instead of ${vector.Expected}`;
  if (vector.Gas === undefined || gas - CALL_GAS === vector.Gas) return null;
  return `${gas - CALL_GAS} gas instead of ${vector.Gas}`;
}

/** For a call that does not fit in a transaction: what the host answers. */
function compareAnswer(address: number, input: Uint8Array, { Gas, Expected, ExpectedError }: Vector): string | null {
  const answer = Buffer.from(answerPrecompile(precompileRequest(address, BigInt(Gas ?? 0), input))).toString("hex");
  const expected = ExpectedError === undefined ? `01${(Expected ?? "").toLowerCase()}` : "00";
  return answer === expected ? null : `${answer} instead of ${expected}`;
}

/** Between the two readings of GAS: six opcodes of 2, a PUSH2, a warm account. */
const CALL_GAS = 6 * 2 + 3 + 100;

/** Copies the call data to memory and calls the precompile with it; logs what came back, then success and gas. */
function callCode(address: number): string {
  const copy = "365f5f37";
  // GAS; no return range; call data's size, 0; address; GAS; STATICCALL; GAS, SWAP1, SWAP2, SUB: success, then the gas on top.
  const call = `5a5f5f365f61${address.toString(16).padStart(4, "0")}5afa5a909103`;
  const logOutput = "3d5f5f3e3d5fa0";
  const logNumbers = "6020525f5260405fa0";
  return copy + call + logOutput + logNumbers;
}
