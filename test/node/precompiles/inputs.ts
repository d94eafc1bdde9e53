import { createHash } from "node:crypto";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bn254 } from "@noble/curves/bn254.js";
import { p256 } from "@noble/curves/nist.js";
import { concatBytes } from "../../../protocol";
import type { Random } from "../../differential/support/random";

/*
 * Inputs of the host precompiles that lie where implementations differ: infinity, equal and opposite points, points of the curve beside
 * the subgroup, beside the curve, numbers at and above their bounds, and whatever comes at random.
 */
type Draw = (random: Random) => Uint8Array;
type Affine2 = { c0: bigint; c1: bigint };
type Point1 = typeof bn254.G1.Point.BASE;
type Point2 = typeof bn254.G2.Point.BASE;

export function bytesOf(value: bigint, length: number): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex"));
}

export function numberOf(random: Random, bytes: number): bigint {
  return BigInt(`0x${Buffer.from(random.bytes(bytes)).toString("hex")}`);
}

/** One curve as the precompiles encode it. */
interface Family {
  g1: Point1;
  g2: Point2;
  p: bigint;
  order: bigint;
  /** Bytes of a field element in the encoding, and how many of them a number may fill. */
  element: number;
  width: number;
  b: bigint;
  /** Parts of an element of Fp2 in the order of the encoding. */
  parts(value: Affine2): bigint[];
}

const BN: Family = {
  g1: bn254.G1.Point.BASE,
  g2: bn254.G2.Point.BASE,
  p: bn254.fields.Fp.ORDER,
  order: bn254.fields.Fr.ORDER,
  element: 32,
  width: 32,
  b: 3n,
  parts: ({ c0, c1 }) => [c1, c0],
};
const BLS: Family = {
  g1: bls12_381.G1.Point.BASE,
  g2: bls12_381.G2.Point.BASE,
  p: bls12_381.fields.Fp.ORDER,
  order: bls12_381.fields.Fr.ORDER,
  element: 64,
  width: 48,
  b: 4n,
  parts: ({ c0, c1 }) => [c0, c1],
};

const encode1 = (family: Family, point: Point1): Uint8Array => {
  if (point.is0()) return new Uint8Array(2 * family.element);
  const { x, y } = point.toAffine();
  return concatBytes(bytesOf(x, family.element), bytesOf(y, family.element));
};
const encode2 = (family: Family, point: Point2): Uint8Array => {
  if (point.is0()) return new Uint8Array(4 * family.element);
  const { x, y } = point.toAffine() as unknown as { x: Affine2; y: Affine2 };
  return concatBytes(...[...family.parts(x), ...family.parts(y)].map((part) => bytesOf(part, family.element)));
};
const multiple = <P extends Point1 | Point2>(base: P, random: Random, order: bigint): P =>
  base.multiplyUnsafe(random.oneIn(3) ? BigInt(1 + random.int(4)) : 1n + (numberOf(random, 32) % (order - 1n))) as P;

/** A point of the curve with a random x: beside the subgroup, where there is one. */
function besideG1({ p, b, element }: Family, random: Random): Uint8Array {
  const { Fp } = p === BN.p ? bn254.fields : bls12_381.fields;
  for (;;) {
    const x = numberOf(random, 48) % p;
    try {
      return concatBytes(bytesOf(x, element), bytesOf(Fp.sqrt(Fp.add(Fp.mul(Fp.sqr(x), x), b)), element));
    } catch {
      // no such point
    }
  }
}

function besideG2(family: Family, random: Random): Uint8Array {
  const curve = family === BN ? bn254 : bls12_381;
  const { Fp2 } = curve.fields;
  for (;;) {
    const x = Fp2.fromBigTuple([numberOf(random, 48) % family.p, numberOf(random, 48) % family.p]);
    try {
      const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), curve.G2.Point.CURVE().b));
      const parts = [...family.parts(x as Affine2), ...family.parts(y as Affine2)];
      return concatBytes(...parts.map((part) => bytesOf(part, family.element)));
    } catch {
      // no such point
    }
  }
}

/** Mostly a point that is fine; at times one that is not, or bytes with one bit flipped. */
function point1(family: Family): Draw {
  const { g1, p, order, element, width } = family;
  return (random) => {
    const good = encode1(family, multiple(g1, random, order));
    const kind = random.int(24);
    if (kind === 0) return new Uint8Array(2 * element);
    if (kind === 1) return besideG1(family, random);
    if (kind === 2) return flipped(good, random);
    if (kind === 3) return concatBytes(bytesOf(p, element), bytesOf(p + 1n, element));
    if (kind === 4) return concatBytes(new Uint8Array(element - width), random.bytes(width), good.subarray(element));
    if (kind === 5) return concatBytes(bytesOf(0n, element), good.subarray(element));
    if (kind === 6 && element === width) {
      const x = BigInt(`0x${Buffer.from(good.subarray(0, element)).toString("hex")}`);
      return x + p < 1n << 256n ? concatBytes(bytesOf(x + p, element), good.subarray(element)) : good;
    }
    return good;
  };
}

function point2(family: Family): Draw {
  const { g2, p, order, element } = family;
  return (random) => {
    const good = encode2(family, multiple(g2, random, order));
    const kind = random.int(20);
    if (kind === 0) return new Uint8Array(4 * element);
    if (kind === 1) return besideG2(family, random);
    if (kind === 2) return flipped(good, random);
    if (kind === 3) return concatBytes(bytesOf(p, element), good.subarray(element));
    if (kind === 4)
      return concatBytes(good.subarray(element, 2 * element), good.subarray(0, element), good.subarray(2 * element));
    return good;
  };
}

function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  copy[random.int(copy.length)] ^= 1 << random.int(8);
  return copy;
}

function scalar({ order }: Family): Draw {
  return (random) => {
    const edges = [
      0n,
      1n,
      2n,
      order - 1n,
      order,
      order + 1n,
      2n * order,
      (1n << 256n) - 1n,
      (1n << 128n) - 1n,
      1n << 255n,
    ];
    return random.oneIn(2) ? bytesOf(edges[random.int(edges.length)], 32) : random.bytes(32);
  };
}

/** Several entries; now and then the same ones again, or their opposites. */
function several(most: number, draw: Draw): Draw {
  return (random) => {
    const entries = Array.from({ length: 1 + random.int(most) }, () => draw(random));
    if (random.oneIn(3)) entries.push(entries[random.int(entries.length)]);
    return concatBytes(...entries);
  };
}

/** Two points that are often equal or opposite. */
function twoOf(family: Family, draw: Draw, of: (family: Family, k: bigint) => Uint8Array): Draw {
  return (random) => {
    if (!random.oneIn(3)) return concatBytes(draw(random), draw(random));
    const k = 1n + (numberOf(random, 32) % (family.order - 1n));
    return concatBytes(of(family, k), of(family, random.oneIn(2) ? k : family.order - k));
  };
}

/** Pairs whose product is one as often as not: (a G1, b G2) and (-ab G1, G2). */
function pairs(family: Family): Draw {
  const { g1, g2, order } = family;
  const random1 = point1(family);
  const random2 = point2(family);
  return (random) => {
    const list: Uint8Array[] = [];
    for (let i = random.int(3); i >= 0; i--) {
      const [a, b] = [1n + (numberOf(random, 32) % (order - 1n)), 1n + (numberOf(random, 32) % (order - 1n))];
      list.push(encode1(family, g1.multiplyUnsafe(a)), encode2(family, g2.multiplyUnsafe(b)));
      list.push(encode1(family, g1.multiplyUnsafe((order - ((a * b) % order)) % order)), encode2(family, g2));
    }
    if (random.oneIn(2)) list.push(random1(random), random2(random));
    return concatBytes(...list);
  };
}

const element: Draw = (random) => {
  const { p } = BLS;
  const edges = [0n, 1n, p - 1n, p, p + 1n, (p - 1n) / 2n, (1n << 384n) - 1n, 1n << 384n];
  return random.oneIn(2) ? bytesOf(edges[random.int(edges.length)], 64) : bytesOf(numberOf(random, 48) % p, 64);
};

const P256_ORDER = p256.Point.CURVE().n;

/** Signatures: good ones, broken ones, and such whose sum of points doubles or vanishes. */
const signature: Draw = (random) => {
  const secret = random.oneIn(4) ? BigInt(1 + random.int(3)) : 1n + (numberOf(random, 32) % (P256_ORDER - 1n));
  const key = p256.Point.BASE.multiply(secret).toBytes(false).slice(1);
  const hash = random.oneIn(4)
    ? [bytesOf(0n, 32), bytesOf(P256_ORDER, 32), bytesOf((1n << 256n) - 1n, 32)][random.int(3)]
    : random.bytes(32);
  const good = concatBytes(hash, p256.sign(hash, bytesOf(secret, 32), { prehash: false, lowS: random.oneIn(2) }), key);
  const kind = random.int(10);
  if (kind === 0) return flipped(good, random);
  if (kind === 1) {
    const edges = [0n, 1n, P256_ORDER - 1n, P256_ORDER, P256_ORDER + 1n];
    good.set(bytesOf(edges[random.int(edges.length)], 32), 32 * (1 + random.int(2)));
  }
  // hash + r secret = 0: the sum is infinity.
  if (kind === 2) {
    const r = 1n + (numberOf(random, 32) % (P256_ORDER - 1n));
    good.set(bytesOf((P256_ORDER - ((r * secret) % P256_ORDER)) % P256_ORDER, 32), 0);
    good.set(bytesOf(r, 32), 32);
  }
  if (kind === 3) good.fill(0, 96, 160);
  if (kind === 4) good.set(bytesOf(p256.Point.CURVE().p, 32), 96 + 32 * random.int(2));
  return random.oneIn(20) ? good.subarray(0, 159) : good;
};

/** Commitment, proof, z and y of the vector of EIP-4844's tests: more come from it, since both sides of the equation are linear. */
const OPENING = {
  z: 0x564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306n,
  y: 0x24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1n,
  commitment: "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca25f26936857bc3a7c2539ea8ec3a952b7",
  proof: "873033e038326e87ed3e1276fd140253fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a",
};

const opening: Draw = (random) => {
  const { order, g1 } = BLS;
  const [k, c] = random.oneIn(4) ? [0n, 1n] : [numberOf(random, 32) % order, numberOf(random, 32) % order];
  const y = random.oneIn(8) ? 0n : (k * OPENING.y + c) % order;
  const constant = (y - ((k * OPENING.y) % order) + order) % order;
  const scaled = (hex: string): Point1 =>
    k === 0n ? (bls12_381.G1.Point.ZERO as Point1) : (bls12_381.G1.Point.fromHex(hex) as Point1).multiplyUnsafe(k);
  const commitment = scaled(OPENING.commitment).add(g1.multiplyUnsafe(constant)).toBytes(true);
  const proof = scaled(OPENING.proof).toBytes(true);
  const numbers = [bytesOf(OPENING.z, 32), bytesOf(y, 32)];
  const kind = random.int(10);
  if (kind === 0) numbers[random.int(2)] = bytesOf(order + BigInt(random.int(2)), 32);
  if (kind === 1) numbers[random.int(2)] = random.bytes(32);
  const points: Uint8Array[] = [commitment, proof];
  if (kind === 2) points[random.int(2)] = flipped(commitment, random);
  if (kind === 3)
    points[random.int(2)] = Uint8Array.of([0x40, 0xc0, 0xe0, 0x80, 0x00][random.int(5)], ...new Uint8Array(47));
  if (kind === 4) points[random.int(2)] = besideCompressed(random);
  if (kind === 5) points[random.int(2)][0] ^= [0x80, 0x40, 0x20][random.int(3)];
  if (kind === 6)
    points[random.int(2)] = concatBytes(bytesOf(BLS.p + 5n, 48).map((byte, i) => (i === 0 ? byte | 0x80 : byte)));
  const versionedHash = createHash("sha256").update(points[0]).digest();
  versionedHash[0] = kind === 7 ? 2 : 1;
  return concatBytes(versionedHash, ...numbers, ...points);
};

/** A point beside the subgroup, compressed; the sign of its y is left to chance. */
function besideCompressed(random: Random): Uint8Array {
  const compressed = besideG1(BLS, random).slice(16, 64);
  compressed[0] |= random.oneIn(2) ? 0x80 : 0xa0;
  return compressed;
}

const one = (family: Family, k: bigint): Uint8Array => encode1(family, family.g1.multiplyUnsafe(k));
const two = (family: Family, k: bigint): Uint8Array => encode2(family, family.g2.multiplyUnsafe(k));
const both =
  (first: Draw, second: Draw): Draw =>
  (random) =>
    concatBytes(first(random), second(random));

/** Input generators by address. */
export const DRAWS: Readonly<Record<number, Draw>> = {
  0x06: twoOf(BN, point1(BN), one),
  0x07: both(point1(BN), scalar(BN)),
  0x08: pairs(BN),
  0x0a: opening,
  0x0b: twoOf(BLS, point1(BLS), one),
  0x0c: several(6, both(point1(BLS), scalar(BLS))),
  0x0d: twoOf(BLS, point2(BLS), two),
  0x0e: several(4, both(point2(BLS), scalar(BLS))),
  0x0f: pairs(BLS),
  0x10: element,
  0x11: both(element, element),
  0x100: signature,
};

/** Good inputs that cost the most for their gas: so many points or pairs, all different, scalars of full length. */
export function dearInput(address: number, count: number, random: Random): Uint8Array {
  const family = address < 0x0a ? BN : BLS;
  const k = (): bigint => 1n + (numberOf(random, 32) % (family.order - 1n));
  const full = (): Uint8Array => bytesOf(family.order - 1n - BigInt(random.int(1 << 30)), 32);
  const list = (draw: () => Uint8Array): Uint8Array => concatBytes(...Array.from({ length: count }, draw));
  switch (address) {
    case 0x06:
    case 0x0b:
      return concatBytes(one(family, k()), one(family, k()));
    case 0x0d:
      return concatBytes(two(family, k()), two(family, k()));
    case 0x07:
    case 0x0c:
      return list(() => concatBytes(one(family, k()), full()));
    case 0x0e:
      return list(() => concatBytes(two(family, k()), full()));
    case 0x08:
    case 0x0f:
      return list(() => concatBytes(one(family, k()), two(family, k())));
    case 0x10:
      return bytesOf(numberOf(random, 48) % BLS.p, 64);
    case 0x11:
      return concatBytes(bytesOf(numberOf(random, 48) % BLS.p, 64), bytesOf(numberOf(random, 48) % BLS.p, 64));
    default:
      throw new Error(`no dear input for ${address}`);
  }
}

/** An opening that is right, and a signature that is. */
export function rightOpening(): Uint8Array {
  const points = [OPENING.commitment, OPENING.proof].map((hex) => Uint8Array.from(Buffer.from(hex, "hex")));
  const versionedHash = createHash("sha256").update(points[0]).digest();
  versionedHash[0] = 1;
  return concatBytes(versionedHash, bytesOf(OPENING.z, 32), bytesOf(OPENING.y, 32), ...points);
}

export function rightSignature(random: Random): Uint8Array {
  const secret = 1n + (numberOf(random, 32) % (P256_ORDER - 1n));
  const hash = random.bytes(32);
  const key = p256.Point.BASE.multiply(secret).toBytes(false).slice(1);
  return concatBytes(hash, p256.sign(hash, bytesOf(secret, 32), { prehash: false, lowS: false }), key);
}
