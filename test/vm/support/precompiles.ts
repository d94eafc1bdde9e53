import { keccak_256 } from "@noble/hashes/sha3.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";

/** A call of a host precompile; the answer comes from a library that knows no EVM. Hex without 0x. */
export type PrecompileCase = {
  name: string;
  address: number;
  /** Cost on L2. */
  gas: number;
  input: string;
  output: string;
  /** Byte of the input whose lowest bit, flipped, makes it invalid. */
  flipped: number;
  /** Whether an invalid input fails; else it succeeds without output. */
  fails: boolean;
};

const KEY = new Uint8Array(32).fill(7);
const MESSAGE = keccak_256(new TextEncoder().encode("solvent"));
const SUBGROUP_ORDER = 52435875175126190479447740508185965837690552500527637822603658699938581184513n;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const number = (value: bigint, bytes = 32): string => value.toString(16).padStart(2 * bytes, "0");

type Fp2 = { c0: bigint; c1: bigint };
type Point<F> = { toAffine(): { x: F; y: F } };
const affine = <F>(point: unknown): Point<F> => point as Point<F>;

/** Encodings of EIP-196, EIP-197 (imaginary part first) and EIP-2537 (64 bytes a number, real part first). */
const bnG1 = (point: Point<bigint>): string => {
  const { x, y } = point.toAffine();
  return number(x) + number(y);
};
const bnG2 = (point: Point<Fp2>): string => {
  const { x, y } = point.toAffine();
  return [x.c1, x.c0, y.c1, y.c0].map((part) => number(part)).join("");
};
const blsG1 = (point: Point<bigint>): string => {
  const { x, y } = point.toAffine();
  return number(x, 64) + number(y, 64);
};
const blsG2 = (point: Point<Fp2>): string => {
  const { x, y } = point.toAffine();
  return [x.c0, x.c1, y.c0, y.c1].map((part) => number(part, 64)).join("");
};

/** `pairs` pairs of points whose pairings multiply to one; `pairs` is even. */
export const bnPairing = (pairs: number): string =>
  (
    bnG1(bn254.G1.Point.BASE) +
    bnG2(bn254.G2.Point.BASE) +
    bnG1(bn254.G1.Point.BASE.negate()) +
    bnG2(bn254.G2.Point.BASE)
  ).repeat(pairs / 2);
export const blsPairing = (pairs: number): string =>
  (
    blsG1(bls12_381.G1.Point.BASE) +
    blsG2(bls12_381.G2.Point.BASE) +
    blsG1(bls12_381.G1.Point.BASE.negate()) +
    blsG2(bls12_381.G2.Point.BASE)
  ).repeat(pairs / 2);

function recover(): [string, string] {
  const signature = secp256k1.sign(MESSAGE, KEY, { prehash: false, format: "recovered" });
  const signer = keccak_256(secp256k1.getPublicKey(KEY, false).slice(1)).slice(12);
  return [hex(MESSAGE) + number(BigInt(27 + signature[0])) + hex(signature.slice(1)), "00".repeat(12) + hex(signer)];
}

function verifyP256(): [string, string] {
  const signature = p256.sign(MESSAGE, KEY, { prehash: false });
  return [hex(MESSAGE) + hex(signature) + hex(p256.getPublicKey(KEY, false).slice(1)), number(1n)];
}

/** The zero polynomial: commitment and proof are the point at infinity, its value is zero everywhere. */
function evaluateBlob(): [string, string] {
  const infinity = `c0${"00".repeat(47)}`;
  const versionedHash = `01${hex(sha256(Buffer.from(infinity, "hex"))).slice(2)}`;
  return [versionedHash + number(5n) + number(0n) + infinity + infinity, number(4096n) + number(SUBGROUP_ORDER)];
}

/** One call of each host precompile. */
export function precompileCases(): PrecompileCase[] {
  const [g1, g2] = [bn254.G1.Point.BASE, bls12_381.G2.Point.BASE];
  const b1 = bls12_381.G1.Point.BASE;
  const rows: [string, number, number, number, [string, string]][] = [
    ["ecrecover", 0x01, 3000, 63, recover()],
    ["bn254 addition", 0x06, 150, 63, [bnG1(g1) + bnG1(g1.double()), bnG1(g1.multiply(3n))]],
    ["bn254 multiplication", 0x07, 6000, 63, [bnG1(g1) + number(3n), bnG1(g1.multiply(3n))]],
    ["bn254 pairing", 0x08, 45000 + 2 * 34000, 63, [bnPairing(2), number(1n)]],
    ["KZG point evaluation", 0x0a, 50000, 95, evaluateBlob()],
    ["BLS12-381 G1 addition", 0x0b, 375, 127, [blsG1(b1) + blsG1(b1.double()), blsG1(b1.multiply(3n))]],
    ["BLS12-381 G1 multi-scalar multiplication", 0x0c, 12000, 127, [blsG1(b1) + number(3n), blsG1(b1.multiply(3n))]],
    ["BLS12-381 G2 addition", 0x0d, 600, 255, [blsG2(g2) + blsG2(g2.double()), blsG2(g2.multiply(3n))]],
    ["BLS12-381 G2 multi-scalar multiplication", 0x0e, 22500, 255, [blsG2(g2) + number(3n), blsG2(g2.multiply(3n))]],
    ["BLS12-381 pairing", 0x0f, 37700 + 2 * 32600, 127, [blsPairing(2), number(1n)]],
    ["BLS12-381 map to G1", 0x10, 5500, 0, [number(5n, 64), blsG1(affine(bls12_381.G1.mapToCurve(5n as never)))]],
    [
      "BLS12-381 map to G2",
      0x11,
      23800,
      0,
      [number(5n, 64) + number(7n, 64), blsG2(affine(bls12_381.G2.mapToCurve([5n, 7n])))],
    ],
    ["P-256", 0x100, 6900, 31, verifyP256()],
  ];
  return rows.map(([name, address, gas, flipped, [input, output]]) => ({
    name,
    address,
    gas,
    input,
    output,
    flipped,
    fails: address !== 0x01 && address !== 0x100,
  }));
}

/** A call of a host precompile whose input is as long as the rules allow (maxPrecompileInput). */
export type LargestCall = { name: string; address: number; gas: number; input: Uint8Array; answer: Uint8Array };

const MAX_INPUT = 38_400;
const bytes = (text: string): Uint8Array => Buffer.from(text, "hex");

/** The precompiles whose gas grows with the input, each with as much as fits into `MAX_INPUT`. Gas by EIP-1108 and EIP-2537. */
export function largestPrecompileCalls(): LargestCall[] {
  const [g1, g2] = [bls12_381.G1.Point.BASE, bls12_381.G2.Point.BASE];
  const pairs = MAX_INPUT / 384;
  const [count1, count2] = [Math.floor(MAX_INPUT / 160), Math.floor(MAX_INPUT / 288)];
  const sums = [blsG1(g1.multiply(3n * BigInt(count1))), blsG2(g2.multiply(3n * BigInt(count2)))];
  const rows: [string, number, number, string, string][] = [
    ["bn254 pairing", 0x08, 45_000 + 34_000 * 2 * pairs, bnPairing(2 * pairs), number(1n)],
    ["BLS12-381 pairing", 0x0f, 37_700 + 32_600 * pairs, blsPairing(pairs), number(1n)],
    // the discount from 128 terms on: 519 and 524 thousandths
    [
      "BLS12-381 G1 MSM",
      0x0c,
      Math.floor((count1 * 12_000 * 519) / 1000),
      (blsG1(g1) + number(3n)).repeat(count1),
      sums[0],
    ],
    [
      "BLS12-381 G2 MSM",
      0x0e,
      Math.floor((count2 * 22_500 * 524) / 1000),
      (blsG2(g2) + number(3n)).repeat(count2),
      sums[1],
    ],
  ];
  return rows.map(([name, address, gas, input, output]) => ({
    name,
    address,
    gas,
    input: bytes(input),
    answer: bytes(`01${output}`),
  }));
}
