import { bls12_381 as bls } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import { createHash } from "node:crypto";
import { MCL } from "../../../node/precompiles/mcl";
import { EQUATIONS_BEFORE_NATIVE } from "../../../node/precompiles/mcl/kzg";
import { InvalidInput, toBytes } from "../../../node/precompiles/bytes";
import type { Precompile } from "../../../node/precompiles/types";
import { Random } from "../../differential/support/random";
import { DRAWS, rightOpening, rightSignature } from "./inputs";
import { NOBLE } from "./noble";

const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const IS_FULL = process.env.SOLVENT_FULL !== undefined;
/** Pairings take plain JavaScript a third of a second each. */
const PAIRINGS: readonly string[] = ["8", "10", "15"];
/** Inputs for each address. */
const casesOf = (address: string): number => (IS_FULL ? 3000 : PAIRINGS.includes(address) ? 20 : 60);

/** Infinity, compressed. */
const INFINITY = new Uint8Array(48).fill(0xc0, 0, 1);

/** An opening whose versioned hash is its commitment's. */
function withItsHash(input: Uint8Array): Uint8Array {
  const hash = createHash("sha256").update(input.subarray(96, 144)).digest();
  hash[0] = 1;
  input.set(hash);
  return input;
}

/** Hex of the output, or the rule that failed. */
function answer(precompile: Precompile, input: Uint8Array): string {
  try {
    return Buffer.from(precompile(input)).toString("hex");
  } catch (error) {
    if (error instanceof InvalidInput) return "fails";
    throw error;
  }
}

describe("host precompiles in WebAssembly", () => {
  it("stand for all that there are in plain JavaScript", () => {
    expect(Object.keys(MCL).sort()).to.deep.equal(Object.keys(NOBLE).sort());
    expect(Object.keys(DRAWS).map(Number).sort()).to.deep.equal(Object.keys(NOBLE).map(Number).sort());
  });

  for (const [address, draw] of Object.entries(DRAWS)) {
    it(`answer as the plain ones at ${address}, whatever the input (seed ${SEED})`, function () {
      this.timeout(IS_FULL ? 3_600_000 : 300_000);
      const random = new Random(SEED * 1000 + Number(address));
      const seen = new Set<boolean>();
      for (let i = 0; i < casesOf(address); i++) {
        let input = draw(random);
        if (random.oneIn(40)) input = input.subarray(0, random.int(input.length + 1));
        const expected = answer(NOBLE[address], input);
        expect(answer(MCL[address], input), Buffer.from(input).toString("hex")).to.equal(expected);
        seen.add(expected === "fails" || expected === "");
      }
      expect(seen.size, "some fail and some do not").to.equal(2);
    });
  }

  it("take a right opening and a right signature", () => {
    expect(answer(MCL["10"], rightOpening())).to.have.length(128);
    expect(answer(MCL["256"], rightSignature(new Random(SEED)))).to.match(/01$/);
  });

  it("N12 openings are answered as by the plain ones from the first on and where a native library has taken over", function () {
    this.timeout(300_000);
    const right = rightOpening();
    for (let i = 0; i <= EQUATIONS_BEFORE_NATIVE; i++) expect(answer(MCL["10"], right), String(i)).to.have.length(128);
    const change = (...changes: [bytes: Uint8Array, at: number][]): Uint8Array => {
      const input = right.slice();
      for (const [bytes, at] of changes) input.set(bytes, at);
      return withItsHash(input);
    };
    const [infinity, zero, generator] = [INFINITY, new Uint8Array(32), bls.G1.Point.BASE.toBytes()];
    const inputs = [
      right,
      change([zero, 32]),
      change([zero, 64]),
      change([infinity, 144]),
      change([infinity, 96]),
      change([infinity, 96], [infinity, 144], [zero, 64]),
      change([infinity, 96], [infinity, 144]),
      change([generator, 96], [infinity, 144], [toBytes(1n, 32), 64]),
      change([right.slice(144), 96]),
      change([right.slice(96, 144), 144]),
      change([zero, 144]),
    ];
    const answers = inputs.map((input) => answer(MCL["10"], input));
    expect(answers).to.deep.equal(inputs.map((input) => answer(NOBLE["10"], input)));
    expect(answers.map((text) => text !== "fails")).to.deep.equal([
      ...[true, false, false, false, false, true, false, true, false, false, false],
    ]);
    const random = new Random(SEED);
    for (let i = 0; IS_FULL && i < casesOf("10"); i++) {
      const input = DRAWS[0x0a](random);
      expect(answer(MCL["10"], input), Buffer.from(input).toString("hex")).to.equal(answer(NOBLE["10"], input));
    }
  });

  it("answer as before after an input of many points, for which their memory grows", () => {
    const random = new Random(SEED);
    const [small, point] = [DRAWS[0x0b](random), DRAWS[0x07](random)];
    const before = answer(MCL["11"], small);
    const zeros = new Uint8Array(160 * 20_000);
    expect(answer(MCL["12"], zeros)).to.equal("00".repeat(128));
    expect(answer(MCL["11"], small)).to.equal(before);
    expect(answer(MCL["7"], point)).to.equal(answer(NOBLE["7"], point));
  });
});
