import { blake2b } from "@noble/hashes/blake2.js";
import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect } from "chai";
import fc from "fast-check";
import { createProbe, type Probe, SCRATCH } from "../support/probe";

const OUT = SCRATCH + 0x10000;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
/** Lengths around block borders more often than others. */
const bytes = fc
  .tuple(
    fc.oneof(fc.constantFrom(0, 55, 56, 63, 64, 65, 119, 120, 127, 128, 135, 136, 137, 271, 272), fc.nat(700)),
    fc.nat(9),
  )
  .chain(([length]) => fc.uint8Array({ minLength: length, maxLength: length }));

describe("stf crypto", () => {
  let probe: Probe;
  before(async () => {
    probe = await createProbe();
  });

  for (const [name, size, reference] of [
    ["keccak256", 32, keccak_256],
    ["sha256", 32, sha256],
    ["ripemd160", 20, ripemd160],
  ] as const) {
    it(`${name} equals @noble/hashes at any length and alignment`, () => {
      fc.assert(
        fc.property(bytes, fc.nat(31), (input, offset) => {
          probe.write(SCRATCH + offset, input);
          probe.call[name]!(SCRATCH + offset, input.length, OUT + offset);
          expect(hex(probe.read(OUT + offset, size))).to.equal(hex(reference(input)));
        }),
        { numRuns: 400 },
      );
    });
  }

  it("keccak in pieces equals keccak at once", () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (pieces) => {
        probe.call.keccakBegin!();
        for (const piece of pieces) {
          probe.write(SCRATCH, piece);
          probe.call.keccakAdd!(SCRATCH, piece.length);
        }
        probe.call.keccakEnd!(OUT);
        expect(hex(probe.read(OUT, 32))).to.equal(hex(keccak_256(Buffer.concat(pieces))));
      }),
      { numRuns: 200 },
    );
  });

  it("blake2f makes BLAKE2b-512", () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const state = new BigUint64Array([
          0x6a09e667f3bcc908n ^ 0x01010040n,
          0xbb67ae8584caa73bn,
          0x3c6ef372fe94f82bn,
          0xa54ff53a5f1d36f1n,
          0x510e527fade682d1n,
          0x9b05688c2b3e6c1fn,
          0x1f83d9abfb41bd6bn,
          0x5be0cd19137e2179n,
        ]);
        probe.write(OUT, new Uint8Array(state.buffer));
        const blocks = Math.max(1, Math.ceil(input.length / 128));
        for (let i = 0; i < blocks; i++) {
          const block = new Uint8Array(128);
          block.set(input.subarray(i * 128, i * 128 + 128));
          const last = i + 1 === blocks;
          const request = Buffer.alloc(213);
          request.writeUInt32BE(12);
          request.set(probe.read(OUT, 64), 4);
          request.set(block, 68);
          request.writeBigUInt64LE(BigInt(last ? input.length : (i + 1) * 128), 196);
          request[212] = last ? 1 : 0;
          probe.write(SCRATCH, request);
          probe.call.blake2f!(SCRATCH, OUT);
        }
        expect(hex(probe.read(OUT, 64))).to.equal(hex(blake2b(input)));
      }),
      { numRuns: 200 },
    );
  });

  it("modexp equals BigInt arithmetic, also for even moduli, zero and one", () => {
    const length = fc.oneof(fc.nat(40), fc.nat(130));
    const number = length.chain((size) =>
      fc.oneof(
        fc.uint8Array({ minLength: size, maxLength: size }),
        fc.constantFrom(0, 1, 0x80, 0xff).map((byte) => new Uint8Array(size).fill(byte)),
        fc.constantFrom(0, 1, 2, 0xff).map((byte) => new Uint8Array(size).fill(byte, size - 1)),
        fc.constantFrom(1, 0x80, 0xff).map((byte) => new Uint8Array(size).fill(byte, 0, 1)),
      ),
    );
    fc.assert(
      fc.property(number, number, number, (base, exponent, modulus) => {
        const places = [SCRATCH, SCRATCH + base.length, SCRATCH + base.length + exponent.length] as const;
        probe.write(SCRATCH, Buffer.concat([base, exponent, modulus, Buffer.alloc(64, 0x5a)]));
        const [first, second, third] = places;
        probe.call.modexp!(first, base.length, second, exponent.length, third, modulus.length, OUT);
        const expected = power(toBig(base), toBig(exponent), toBig(modulus));
        expect(toBig(probe.read(OUT, modulus.length))).to.equal(expected);
      }),
      { numRuns: 600 },
    );
  });
});

function toBig(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${hex(bytes)}`);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (modulus === 0n) return 0n;
  let result = 1n % modulus;
  for (let square = base % modulus, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % modulus) {
    if (rest & 1n) result = (result * square) % modulus;
  }
  return result;
}
