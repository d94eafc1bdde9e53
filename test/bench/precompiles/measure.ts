import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createKeccak } from "hash-wasm";
import { answerPrecompile, precompileKey, precompileRequest } from "../../../node/precompiles";
import { EQUATIONS_BEFORE_NATIVE } from "../../../node/precompiles/mcl/kzg";
import { fromHex, keccak256 } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { Random } from "../../differential/support/random";
import { dearInput, rightOpening, rightSignature } from "../../node/precompiles/inputs";
import { precompileCases } from "../../vm/support/precompiles";

/** Gas a second that a node has to keep up with on one core: a full block in three seconds. */
export const GAS_A_SECOND = 10_000_000;
/** Longest input that a deployment lets through. */
const MOST_INPUT = 38_400;
const DISCOUNTS = readFileSync(join(__dirname, "..", "..", "..", "stf", "evm", "precompiles", "discounts.ts"), "utf8");

export interface DearCase {
  name: string;
  address: number;
  gas: number;
  input: Uint8Array;
  /** Answers before it is measured, at least; few by default. */
  warmUp?: number;
}

export interface Speed extends DearCase {
  microseconds: number;
  gasASecond: number;
  /** Time of `GAS_A_SECOND / 1,000,000` gas in units of the reference loop, which takes the machine out of it. */
  inReference: number;
}

/** Every host precompile by its dearest good inputs; the many-point ones by several counts, for their discounts and tricks differ. */
export function dearCases(seed = 1): DearCase[] {
  const random = new Random(seed);
  const [g1, g2] = ["G1", "G2"].map(discountsOf);
  const msm = (table: number[], each: number) => (count: number) =>
    Math.floor((count * each * table[Math.min(count, table.length) - 1]) / 1000);
  const counts = (bytes: number): number[] => [...new Set([1, 2, 4, 8, 16, 32, 64, Math.floor(MOST_INPUT / bytes)])];
  const many = (name: string, address: number, bytes: number, gasOf: (count: number) => number): DearCase[] =>
    counts(bytes).map((count) => ({
      name: `${name}, ${count}`,
      address,
      gas: gasOf(count),
      input: dearInput(address, count, random),
    }));
  const one = (name: string, address: number, gas: number): DearCase => ({
    ...{ name, address, gas },
    input: dearInput(address, 1, random),
  });
  const recover = precompileCases().find(({ address }) => address === 0x01)!;
  return [
    { name: "ecrecover", address: 0x01, gas: 3000, input: fromHex(`0x${recover.input}` as Hex) },
    one("bn254 addition", 0x06, 150),
    one("bn254 multiplication", 0x07, 6000),
    ...many("bn254 pairing", 0x08, 192, (count) => 45_000 + 34_000 * count),
    {
      ...{ name: "KZG point evaluation", address: 0x0a, gas: 50_000, input: rightOpening() },
      warmUp: EQUATIONS_BEFORE_NATIVE + 1,
    },
    one("BLS12-381 G1 addition", 0x0b, 375),
    ...many("BLS12-381 G1 multi-scalar multiplication", 0x0c, 160, msm(g1, 12_000)),
    one("BLS12-381 G2 addition", 0x0d, 600),
    ...many("BLS12-381 G2 multi-scalar multiplication", 0x0e, 288, msm(g2, 22_500)),
    ...many("BLS12-381 pairing", 0x0f, 384, (count) => 37_700 + 32_600 * count),
    one("BLS12-381 map to G1", 0x10, 5500),
    one("BLS12-381 map to G2", 0x11, 23_800),
    { name: "P-256", address: 0x100, gas: 6900, input: rightSignature(random) },
  ];
}

/** Processor time of each case as a node answers it, key and all, in turns with the reference loop. */
export async function measure(cases: readonly DearCase[], gasEach = 1_000_000): Promise<Speed[]> {
  await createKeccak(256);
  return cases.map((one) => {
    const request = precompileRequest(one.address, BigInt(one.gas), one.input);
    const answer = (): void => {
      precompileKey(request);
      answerPrecompile(request);
    };
    const rounds = Math.max(2, Math.ceil(gasEach / one.gas / 4));
    time(answer, Math.max(Math.min(rounds, 50), one.warmUp ?? 0));
    const turns = Array.from(
      { length: 4 },
      () => [time(answer, rounds), time(referenceLoop, REFERENCE_ROUNDS)] as const,
    );
    const microseconds = Math.min(...turns.map(([own]) => own));
    const reference = Math.min(...turns.map(([, other]) => other));
    const gasASecond = (one.gas / microseconds) * 1e6;
    return { ...one, microseconds, gasASecond, inReference: (10 * microseconds) / one.gas / reference };
  });
}

const REFERENCE_ROUNDS = 20_000;
const BLOCK = new Uint8Array(136).fill(7);

/** A keccak of 136 bytes in WebAssembly. */
function referenceLoop(): void {
  keccak256(BLOCK);
}

/** Microseconds of processor time a round. */
function time(run: () => void, rounds: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < rounds; i++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / rounds;
}

/** The program's own table, in thousandths. */
function discountsOf(group: string): number[] {
  const [, table] = new RegExp(`${group}_DISCOUNTS: usize = memory.data<u16>\\(\\[([^\\]]*)\\]`).exec(DISCOUNTS)!;
  return table
    .split(",")
    .map((value) => value.trim())
    .filter((value) => value !== "")
    .map(Number);
}
