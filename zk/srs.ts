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

/**
 * A name for the setup in a folder: what is made with one does not fit another.
 * @param count - Points that are needed; with fewer the prover would look for the ceremony's on the network.
 * @throws SolventError `zk-points-missing`.
 */
export function setupName(folder: string, count: number): string {
  const found = pointsIn(folder);
  if (found < count) throw new SolventError("zk-points-missing", `${folder} has ${found} points, ${count} are needed`);
  const secret = new Uint8Array(POINT_BYTES);
  const file = openSync(join(folder, POINTS), "r");
  // The second point is the secret's: the first is the generator.
  readSync(file, secret, 0, POINT_BYTES, POINT_BYTES);
  closeSync(file);
  return toHex(keccak256(secret)).slice(2, 10);
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
