import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { answerPrecompile, precompileRequest } from "../../node/precompiles";
import { createProbe, type Probe, SCRATCH } from "../../test/support/probe";
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

/** `npm run conformance -- precompiles DIR [MOST PER FILE]`: geth's vectors; those inside the program run in its wasm, the others in node/precompiles. */
export async function run([folder, most]: string[]): Promise<ConformanceTally> {
  if (folder === undefined) throw new Error("usage: npm run conformance -- precompiles DIR");
  const probe = await createProbe();
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const file of jsonFiles(folder)) {
    const name = file
      .replace(/^.*[\\/]/, "")
      .replace(/^fail-/, "")
      .replace(/\.json$/, "");
    const address = FILES[name];
    const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];
    if (typeof address !== "number") {
      console.log(`skipped ${vectors.length} of ${name}: ${address ?? "no precompile of Osaka"}`);
      tally.skipped += vectors.length;
      continue;
    }
    for (const vector of vectors.slice(0, most === undefined ? vectors.length : Number(most))) {
      const expected = vector.ExpectedError === undefined ? (vector.Expected ?? "").toLowerCase() : null;
      const actual = answer(probe, address, Uint8Array.from(Buffer.from(vector.Input, "hex")), BigInt(vector.Gas ?? 0));
      if (actual === expected) tally.passed += 1;
      else {
        tally.failed += 1;
        console.log(`failed ${name} ${vector.Name}: ${actual ?? "failure"} instead of ${expected ?? "failure"}`);
      }
    }
  }
  return tally;
}

/** The output in hex, or null where the precompile fails. */
function answer(probe: Probe, address: number, input: Uint8Array, gas: bigint): string | null {
  if (address === 0x05) return modexp(probe, input);
  if (address === 0x09) return blake2f(probe, input);
  const bytes = answerPrecompile(precompileRequest(address, gas, input));
  return bytes[0] === 1 ? Buffer.from(bytes.subarray(1)).toString("hex") : null;
}

function modexp(probe: Probe, input: Uint8Array): string | null {
  const padded = new Uint8Array(Math.max(input.length, 96) + 3 * 1024);
  padded.set(input);
  const lengths = [0, 32, 64].map((at) => BigInt(`0x${Buffer.from(padded.subarray(at, at + 32)).toString("hex")}`));
  if (lengths.some((length) => length > 1024n)) return null;
  const [base, exponent, modulus] = lengths.map(Number) as [number, number, number];
  probe.write(SCRATCH, padded.subarray(96));
  const out = SCRATCH + 0x4000;
  probe.call.modexp!(SCRATCH, base, SCRATCH + base, exponent, SCRATCH + base + exponent, modulus, out);
  return Buffer.from(probe.read(out, modulus)).toString("hex");
}

function blake2f(probe: Probe, input: Uint8Array): string | null {
  if (input.length !== 213 || input[212]! > 1) return null;
  probe.write(SCRATCH, input);
  probe.call.blake2f!(SCRATCH, SCRATCH + 256);
  return Buffer.from(probe.read(SCRATCH + 256, 64)).toString("hex");
}

function jsonFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .sort()
    .map((path) => join(folder, path));
}
