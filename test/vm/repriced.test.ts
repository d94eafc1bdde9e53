import { expect } from "chai";
import hre from "hardhat";
import { toHex } from "../../vm/commit/bytes";
import { commit } from "../../vm/commit/commit";
import { Op } from "../../vm/isa";
import { prove } from "../../vm/prove/prove";
import { Status } from "../../vm/types";
import { largestPrecompileCalls, precompileCases } from "./support/precompiles";
import { deployProver, type DeployedProver } from "./support/prover";
import { Random } from "./support/random";
import { syntheticProgram } from "./support/syntheticProgram";
import { TestHost } from "./support/testHost";
import { TwinMachine } from "./support/twinMachine";

const LIMIT = { batchCount: 3n, delayedCount: 2n };
const KEY_AT = 128;
const TARGET_AT = 256;
const RATIOS = [1, 1.5, 2, 2.1, 2.5, 3, 4, 5, 7, 10];
/** What proofs hand on beyond twice the old price. A prover without it plays an L1 that asks for so much more. */
const MARGIN = 100_000;
const MARGINS = [MARGIN, 0];
const FAILED = Uint8Array.of(0);

type Verdict = "the state asked about" | "another state" | "PrecompileDiffers" | "PrecompileFailed" | "NotEnoughGas";

/** What L1 asks for a list of terms: today's prices. */
const TODAY: Record<number, (terms: number) => number> = {
  0x08: (terms) => 45_000 + 34_000 * terms,
  0x0f: (terms) => 37_700 + 32_600 * terms,
};

/** What a failed list must have been able to pay: its eighths, rounded up, one by one. */
function priceOfParts(address: number, terms: number): number {
  const part = Math.ceil(terms / 8);
  return Math.ceil(terms / part) * TODAY[address](part);
}

/**
 * A program that was deployed before L1 repriced: the request states the old price, L1 asks today's. Of the two answers to a request
 * the false one must never be provable, whatever the ratio, and the true one up to the margin.
 */
describe("one-step prover: precompiles that L1 has repriced (A2)", function () {
  this.timeout(600_000);
  const random = new Random(66);
  const program = syntheticProgram([{ op: Op.preimage, d: 0, a: 4, b: 0, imm: 0n }]);
  /** One machine is told the truth, one what a liar says: the same request has another answer. */
  const runs = [0, 1].map(() => ({ host: new TestHost(), machine: null as unknown as TwinMachine }));
  let prover: DeployedProver;
  let original: string;

  /** The prover as deployed, handing on that much beyond twice the price: the constant in its code is another. */
  async function setMargin(margin: number): Promise<void> {
    const push = (value: number) => `62${value.toString(16).padStart(6, "0")}`;
    const code = original.split(push(MARGIN)).join(push(margin));
    if (margin !== MARGIN) expect(code).not.to.equal(original);
    await hre.network.provider.send("hardhat_setCode", [prover.address, code]);
  }

  before(async () => {
    for (const run of runs) {
      run.machine = new TwinMachine(program, { input: random.bytes(32), inboxLimit: LIMIT, host: run.host });
      run.machine.poke(0, random.bytes(program.memorySize));
    }
    prover = await deployProver(program);
    original = (await hre.network.provider.send("eth_getCode", [prover.address, "latest"])) as string;
  });
  afterEach(() => setMargin(MARGIN));

  /** Asks L1 whether the machine steps to the state that this answer gives. */
  async function judge(
    address: number,
    gas: number,
    input: Uint8Array,
    answer: Uint8Array,
    isLie = false,
  ): Promise<Verdict> {
    const { host, machine } = runs[Number(isLie)];
    const key = host.addPrecompile(address, gas, input, answer);
    Object.assign(machine.state, { pc: 0, fp: program.linearSize + 4096, status: Status.running });
    machine.poke(KEY_AT, key);
    // what the target held differs from both answers
    machine.poke(TARGET_AT, random.bytes(32));
    const slots = new BigUint64Array([1n, BigInt(KEY_AT), 0n, BigInt(TARGET_AT)]);
    machine.poke(machine.state.fp + 32, new Uint8Array(slots.buffer));
    const [before, witness] = [commit(machine), prove(machine, host.request)];
    machine.step();
    const asked = toHex(commit(machine));
    return prover.step(before, LIMIT, witness).then(
      (state) => (state === asked ? "the state asked about" : "another state"),
      ({ message }: Error) => {
        // Hardhat names no errors of a prover whose code was changed.
        const known = (["PrecompileDiffers", "PrecompileFailed", "NotEnoughGas"] as const).find(
          (name) => message.includes(name) || message.includes(prover.contract.interface.getError(name)!.selector),
        );
        if (known === undefined) throw new Error(message);
        return known;
      },
    );
  }

  for (const { name, address, gas: price, input, output, flipped, fails } of precompileCases()) {
    const valid = Buffer.from(input, "hex");
    const invalid = Buffer.from(valid);
    invalid[flipped] ^= 1;
    it(`V67 never takes a valid call of ${name} for a failed one, whatever L1 asks for it`, async () => {
      for (const [margin, ratio] of MARGINS.flatMap((some) => RATIOS.map((each) => [some, each]))) {
        await setMargin(margin);
        const gas = Math.floor(price / ratio);
        const isWithin = price <= 2 * gas + margin;
        const says = await judge(address, gas, valid, Buffer.from(`01${output}`, "hex"));
        const refusal = fails ? "PrecompileDiffers" : "PrecompileFailed";
        expect(says, `the truth at ${ratio}`).to.equal(isWithin ? "the state asked about" : refusal);
        const false_ = await judge(address, gas, valid, FAILED, true);
        expect(false_, `the lie at ${ratio}`).to.equal(isWithin ? "another state" : refusal);
      }
    });
    it(`V67 takes a failure of ${name} for an answer as long as L1's price is within the margin, and then freezes`, async () => {
      const needed = address in TODAY ? priceOfParts(address, 2) : price;
      for (const [margin, ratio] of MARGINS.flatMap((some) => RATIOS.map((each) => [some, each]))) {
        await setMargin(margin);
        const gas = Math.floor(price / ratio);
        const isWithin = needed <= 2 * gas + margin;
        const says = await judge(address, gas, invalid, fails ? FAILED : Uint8Array.of(1));
        const refusal = fails ? "PrecompileDiffers" : "PrecompileFailed";
        expect(says, `at ${ratio}`).to.equal(isWithin ? "the state asked about" : refusal);
      }
    });
  }

  /** Ratios by which only the part for each term was repriced: a known-good call of one length would not tell. */
  for (const [address, unit, base] of [
    [0x08, 192, 45_000],
    [0x0f, 384, 37_700],
  ] as const)
    it(`V67 is not misled where L1 repriced the terms of precompile ${address} alone, and short calls still succeed`, async () => {
      for (const count of [1, 2, 3, 7, 8, 9, 16, 17, 40]) {
        const input = Buffer.alloc(unit * count);
        const price = TODAY[address](count);
        const truth = Buffer.concat([Uint8Array.of(1), Buffer.alloc(31), Uint8Array.of(1)]);
        const invalid = Buffer.from(input);
        invalid[63] = 1;
        for (const ratio of [1, 1.5, 2.5, 4, 10]) {
          const gas = base + Math.floor((price - base) / ratio);
          const isWithin = price <= 2 * gas + MARGIN;
          const what = `${count} terms at ${ratio}`;
          expect(await judge(address, gas, input, truth), what).to.equal(
            isWithin ? "the state asked about" : "PrecompileDiffers",
          );
          expect(await judge(address, gas, input, FAILED, true), what).not.to.equal("the state asked about");
          const says = await judge(address, gas, invalid, FAILED);
          const isBelieved = priceOfParts(address, count) <= 2 * gas + MARGIN;
          expect(says, what).to.equal(isBelieved ? "the state asked about" : "PrecompileDiffers");
          expect(isBelieved || ratio > 1, "today's prices").to.equal(true);
        }
      }
    });

  it("V67 takes a wrong length for a failure at any price: such a call never succeeds", async () => {
    for (const [address, lengths] of [
      [0x08, [1, 191, 193]],
      [0x0a, [0, 191, 193]],
      [0x0b, [0, 255, 257]],
      [0x0c, [0, 159, 161]],
      [0x0d, [0, 511, 513]],
      [0x0e, [0, 287, 289]],
      [0x0f, [0, 383, 385]],
      [0x10, [0, 63, 65]],
      [0x11, [0, 127, 129]],
    ] as const)
      for (const length of lengths)
        expect(await judge(address, 0, Buffer.alloc(length), FAILED), `${address}, ${length} bytes`).to.equal(
          "the state asked about",
        );
  });

  for (const { name, address, gas: price, input } of largestPrecompileCalls())
    it(`V34 V67 answers the largest failed call of ${name} in one transaction, and never a repriced one`, async () => {
      const invalid = Buffer.from(input);
      // the last term, so that all others are looked at first
      invalid[invalid.length - 1 - (address === 0x0c || address === 0x0e ? 32 : 0)] ^= 1;
      expect(await judge(address, price, invalid, FAILED)).to.equal("the state asked about");
      for (const ratio of [1.5, 2.2, 3, 10]) {
        const gas = Math.floor(price / ratio);
        expect(await judge(address, gas, input, FAILED, true), `valid, ${ratio}`).to.be.oneOf([
          "another state",
          "PrecompileDiffers",
        ]);
        expect(await judge(address, gas, invalid, FAILED), `invalid, ${ratio}`).to.be.oneOf([
          "the state asked about",
          "PrecompileDiffers",
        ]);
      }
    });
});
