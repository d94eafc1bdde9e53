import { expect } from "chai";
import { createHash } from "node:crypto";
import { Random } from "../../simulator/random";

/** xorshift64* as it is written down, in 64-bit numbers. */
function reference(seed: number): () => bigint {
  let x = createHash("sha256").update(`solvent ${seed}`).digest().readBigUInt64LE();
  return () => {
    x ^= x >> 12n;
    x = BigInt.asUintN(64, x ^ (x << 25n));
    x ^= x >> 27n;
    return BigInt.asUintN(64, x * 0x2545f4914f6cdd1dn) >> 32n;
  };
}

describe("seeded numbers", () => {
  it("are those of xorshift64*, though made of 32-bit words", () => {
    for (let seed = 0; seed < 20; seed++) {
      const [random, next] = [new Random(seed), reference(seed)];
      for (let i = 0; i < 500; i++) {
        const bound = [2 ** 32, 2 ** 31, 1_000_003, 7, 1][i % 5];
        expect(random.below(bound), `seed ${seed}, number ${i}`).to.equal(Number(next() % BigInt(bound)));
      }
    }
  });
});
