import { expect } from "chai";
import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileAssemblyScript } from "../../../vm/build/asc";
import { ASC_FLAGS } from "./flags";

type Reference = (a: bigint, b: bigint, c: bigint) => bigint;

const MODULUS = 1n << 256n;
const wrap = (x: bigint): bigint => BigInt.asUintN(256, x);
const signed = (x: bigint): bigint => BigInt.asIntN(256, x);

/** In the order of `apply` in arithmetic.as.ts. */
const OPERATIONS: readonly (readonly [string, Reference])[] = [
  ["add", (a, b) => wrap(a + b)],
  ["subtract", (a, b) => wrap(a - b)],
  ["multiply", (a, b) => wrap(a * b)],
  ["divide", (a, b) => (b === 0n ? 0n : a / b)],
  ["divide signed", (a, b) => (b === 0n ? 0n : wrap(signed(a) / signed(b)))],
  ["remainder", (a, b) => (b === 0n ? 0n : a % b)],
  ["remainder signed", (a, b) => (b === 0n ? 0n : wrap(signed(a) % signed(b)))],
  ["add modulo", (a, b, c) => (c === 0n ? 0n : (a + b) % c)],
  ["multiply modulo", (a, b, c) => (c === 0n ? 0n : (a * b) % c)],
  ["power", (a, b) => power(a, b)],
  ["negate", (a) => wrap(-a)],
  ["less", (a, b) => BigInt(a < b)],
  ["less signed", (a, b) => BigInt(signed(a) < signed(b))],
  ["bit length", (a) => (a === 0n ? 0n : BigInt(a.toString(2).length))],
  ["carry of add", (a, b) => (a + b) >> 256n],
  ["borrow of subtract", (a, b) => BigInt(a < b)],
  ["address and back", (a) => BigInt.asUintN(160, a)],
];

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let factor = base, e = exponent; e > 0n; e >>= 1n, factor = wrap(factor * factor)) {
    if (e & 1n) result = wrap(result * factor);
  }
  return result;
}

/** Words whose limbs are often extreme, of every length: random words alone would never meet the rare branches of a division. */
const limb = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  fc.constantFrom(
    0n,
    1n,
    2n,
    (1n << 63n) - 1n,
    1n << 63n,
    (1n << 64n) - 1n,
    (1n << 64n) - 2n,
    1n << 32n,
    (1n << 32n) - 1n,
  ),
);
const word = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.tuple(limb, limb, limb, limb), fc.integer({ min: 0, max: 63 }))
  .map(([size, limbs, shift]) => {
    let value = 0n;
    for (let i = 0; i < size; i++) value = (value << 64n) | limbs[i]!;
    return value >> BigInt(shift);
  });

describe("256-bit arithmetic", () => {
  let apply: (what: number) => void;
  let view: Buffer;

  before(async function () {
    this.timeout(60_000);
    const scratch = mkdtempSync(join(tmpdir(), "solvent-arithmetic-"));
    const file = join(scratch, "arithmetic.wasm");
    await compileAssemblyScript(join(__dirname, "arithmetic.as.ts"), file, ASC_FLAGS);
    const { instance } = await WebAssembly.instantiate(readFileSync(file), { solvent: {} });
    const exports = instance.exports as {
      memory: WebAssembly.Memory;
      buffer(): number;
      apply(what: number): void;
    };
    apply = exports.apply;
    view = Buffer.from(exports.memory.buffer, exports.buffer(), 128);
    rmSync(scratch, { recursive: true });
  });

  const run = (what: number, a: bigint, b: bigint, c: bigint): bigint => {
    view.write([a, b, c].map((x) => x.toString(16).padStart(64, "0")).join(""), "hex");
    apply(what);
    return BigInt(`0x${view.toString("hex", 96, 128)}`);
  };

  OPERATIONS.forEach(([name, reference], what) => {
    it(`computes ${name} as BigInt does`, function () {
      this.timeout(60_000);
      const numRuns = name === "power" ? 1_000 : 10_000;
      fc.assert(
        fc.property(word, word, word, (a, b, c) => {
          expect(run(what, a, b, c)).to.equal(reference(a, b, c));
        }),
        {
          numRuns,
          examples: [
            [MODULUS - 1n, MODULUS - 1n, MODULUS - 1n],
            [1n << 255n, MODULUS - 1n, 0n],
          ],
        },
      );
    });
  });

  it("divides where the first estimate of a digit is too large", () => {
    fc.assert(
      fc.property(word, word, word, (q, d, r) => {
        fc.pre(d !== 0n);
        for (const a of [q * d + (r % d), q * d, q * d - 1n]) {
          if (a < 0n || a >= MODULUS) continue;
          expect(run(3, a, d, 0n)).to.equal(a / d);
          expect(run(5, a, d, 0n)).to.equal(a % d);
        }
      }),
      { numRuns: 10_000 },
    );
  }).timeout(60_000);
});
