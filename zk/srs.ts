import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { bn254 } from "@noble/curves/bn254.js";
import * as mcl from "mcl-wasm";
import { keccak256, toHex, word } from "../protocol";
import { SolventError } from "../protocol/errors";

/** The points of G1, in the file that the prover reads. */
const POINTS = "bn254_g1.dat";
/** Where the right ones come from. */
const REMEDY =
  "give the folder with the points of the setup that the verifier was made for (docs/spec/19-proof-of-solvency.md#setup), each as x and y of 32 bytes, big-endian and not compressed";
/** Bytes of a point of G1 there: x and y, big-endian. */
const POINT_BYTES = 64;
const WORD = 32;
/** Points worked on at a time. */
const CHUNK = 4096;
/** Sizes of mcl's structures: a scalar, a coordinate, a point. */
const SIZE = { fr: 32, fp: 48, g1: 144 };

/**
 * The secret of the development setup, and no secret: WHOEVER READS THIS CAN FORGE PROOFS. It has to be no small power of two: the prover
 * adds points in the belief that none is a sum of few others.
 */
const INSECURE_TAU = 65_537;

/** A point of BN254's G2, as the precompiles take it: x imaginary, x real, y imaginary, y real. */
export type TwistPoint = readonly [bigint, bigint, bigint, bigint];

/** Raw functions of the library: addresses in its memory. */
interface Raw {
  wasmMemory: WebAssembly.Memory;
  _malloc(bytes: number): number;
  _free(at: number): void;
  _mclBnFr_setInt32(x: number, value: number): void;
  _mclBnFp_getLittleEndian(bytes: number, capacity: number, x: number): number;
  _mclBnG1_mul(z: number, x: number, scalar: number): void;
  _mclBnG1_normalizeVec(z: number, x: number, count: number): void;
}

/**
 * A structured reference string for development: powers of a number that everybody knows, so that nothing which is proven with it may be
 * believed. Made once a folder, for as many points as were ever asked for.
 * @param count - Points of G1.
 */
export async function makeInsecureSrs(folder: string, count: number): Promise<void> {
  const file = join(folder, POINTS);
  if (pointsIn(folder) >= count) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "INSECURE.txt"), `Powers of ${INSECURE_TAU}: whoever reads this can forge proofs.\n`);
  writeFileSync(join(folder, "bn254_g2.dat"), Buffer.concat(insecureTwist().map(word)));
  await mcl.init(mcl.BN_SNARK1);
  const part = `${file}.${process.pid}`;
  const out = openSync(part, "w");
  try {
    for (const chunk of powers(count)) writeSync(out, chunk);
  } finally {
    closeSync(out);
  }
  renameSync(part, file);
}

/** The development setup's secret times the generator of G2: what its verifiers hold. */
export function insecureTwist(): TwistPoint {
  const { x, y } = bn254.G2.Point.BASE.multiply(BigInt(INSECURE_TAU)).toAffine();
  return [x.c1, x.c0, y.c1, y.c0];
}

/** The secret times the generator of G2 that the public ceremony ended with; generated verifiers hold it. */
export const CEREMONY_TWIST: TwistPoint = [
  0x260e01b251f6f1c7e7ff4e580791dee8ea51d87a358e038b4efe30fac09383c1n,
  0x0118c4d5b837bcc2bc89b5b398b5974e9f5944073b32078b7e231fec938883b0n,
  0x04fc6369f7110fe3d25156c1bb9a72859cf2a04641f99ba4ee413c80da6a5fe4n,
  0x22febda3c0c0632a56475b4214e5615e11e6dd3f96e6cea2854a87d4dacc5e55n,
];

/**
 * A name for the setup in a folder: what is made with one does not fit another.
 * @param count - Points that are needed; with fewer the prover would look for the ceremony's on the network.
 * @throws SolventError `zk-points-missing`; `zk-points-wrong` where the file is no row of points that begins with the generator.
 */
export function setupName(folder: string, count: number): string {
  const found = pointsIn(folder);
  if (found < count)
    throw new SolventError("zk-points-missing", `${folder} has ${found} points, ${count} are needed: ${REMEDY}`);
  // The second point is the secret's: the first is the generator.
  const [first, secret] = readPoints(folder, 0, 2);
  if (!isGenerator(first)) throw wrongPoints(folder, "its first point is not the generator (1, 2)");
  return toHex(keccak256(secret)).slice(2, 10);
}

/**
 * Refuses points that are not those of the setup whose secret a verifier holds: proofs over them would be refused on L1. Looked at are the
 * first and the last that are needed, by pairings.
 * @param twist - What the verifier holds.
 * @throws SolventError `zk-points-missing`, `zk-points-wrong`.
 */
export function requireSetup(folder: string, count: number, twist: TwistPoint): void {
  setupName(folder, count);
  const [xImaginary, xReal, yImaginary, yReal] = twist;
  const secret = bn254.G2.Point.fromAffine({
    x: bn254.fields.Fp2.fromBigTuple([xReal, xImaginary]),
    y: bn254.fields.Fp2.fromBigTuple([yReal, yImaginary]),
  });
  for (const at of [0, count - 2]) {
    const [point, next] = readPoints(folder, at, 2).map((bytes, i) => pointOf(folder, at + i, bytes));
    const product = bn254.pairingBatch([
      { g1: next, g2: bn254.G2.Point.BASE },
      { g1: point.negate(), g2: secret },
    ]);
    if (!bn254.fields.Fp12.eql(product, bn254.fields.Fp12.ONE))
      throw wrongPoints(folder, `point ${at + 1} is not the one that this verifier's setup has there`);
  }
}

/** @throws SolventError `zk-points-wrong`. */
function pointOf(folder: string, index: number, bytes: Uint8Array): ReturnType<typeof bn254.G1.Point.fromAffine> {
  try {
    const [x, y] = [bytes.subarray(0, WORD), bytes.subarray(WORD)].map((part) => BigInt(toHex(part)));
    const point = bn254.G1.Point.fromAffine({ x, y });
    point.assertValidity();
    return point;
  } catch (cause) {
    throw wrongPoints(folder, `point ${index} is none of the curve`, cause);
  }
}

function wrongPoints(folder: string, why: string, cause?: unknown): SolventError {
  return new SolventError("zk-points-wrong", `${join(folder, POINTS)}: ${why}: ${REMEDY}`, { cause });
}

function isGenerator(point: Uint8Array): boolean {
  return BigInt(toHex(point)) === (1n << 256n) + 2n;
}

function readPoints(folder: string, from: number, count: number): Uint8Array[] {
  const bytes = new Uint8Array(count * POINT_BYTES);
  const file = openSync(join(folder, POINTS), "r");
  readSync(file, bytes, 0, bytes.length, from * POINT_BYTES);
  closeSync(file);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * POINT_BYTES, (i + 1) * POINT_BYTES));
}

function pointsIn(folder: string): number {
  const file = join(folder, POINTS);
  return existsSync(file) ? Math.floor(statSync(file).size / POINT_BYTES) : 0;
}

function* powers(count: number): Generator<Uint8Array> {
  const { mod: raw } = mcl as unknown as { mod: Raw };
  const memory = (): Uint8Array => new Uint8Array(raw.wasmMemory.buffer);
  const scalar = raw._malloc(SIZE.fr);
  const points = raw._malloc((CHUNK + 1) * SIZE.g1);
  const plain = raw._malloc(CHUNK * SIZE.g1);
  const number = raw._malloc(WORD);
  raw._mclBnFr_setInt32(scalar, INSECURE_TAU);
  memory().set(generator(), points);
  for (let done = 0; done < count; done += CHUNK) {
    for (let i = 0; i < CHUNK; i++) raw._mclBnG1_mul(points + (i + 1) * SIZE.g1, points + i * SIZE.g1, scalar);
    raw._mclBnG1_normalizeVec(plain, points, CHUNK);
    const chunk = new Uint8Array(Math.min(CHUNK, count - done) * POINT_BYTES);
    for (let at = 0; at < chunk.length; at += WORD) {
      const point = plain + Math.floor(at / POINT_BYTES) * SIZE.g1;
      // Only as many bytes as it has.
      const length = raw._mclBnFp_getLittleEndian(number, WORD, at % POINT_BYTES === 0 ? point : point + SIZE.fp);
      chunk.set(
        memory()
          .slice(number, number + length)
          .reverse(),
        at + WORD - length,
      );
    }
    yield chunk;
    memory().copyWithin(points, points + CHUNK * SIZE.g1, points + (CHUNK + 1) * SIZE.g1);
  }
  for (const place of [scalar, points, plain, number]) raw._free(place);
}

/** As the library keeps it in its memory. */
function generator(): Uint8Array {
  const point = new mcl.G1();
  point.setStr("1 1 2");
  return new Uint8Array((point as unknown as { a_: Uint32Array }).a_.slice().buffer);
}
