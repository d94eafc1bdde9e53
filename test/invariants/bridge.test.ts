import { expect } from "chai";
import fc from "fast-check";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { compileOnce } from "../../simulator/boards/contracts/compile";
import { expectInboxRebuilt, expectInvariants } from "./support/invariants";
import { deployWorld, World } from "./support/world";

const IS_FULL = process.env.SOLVENT_FULL === "1";
/** The ordinary run plays the same plays every time, so that it never happens to pay nothing. */
const SEED = Number(process.env.SOLVENT_SEED ?? (IS_FULL ? Date.now() % 2 ** 31 : 1));
const RUNS = IS_FULL ? 40 : 4;
const STEPS = IS_FULL ? 120 : 40;

/** Steps by weight: what has to happen in order for a payment happens often. */
const STEP_WEIGHTS = {
  depositEther: 3,
  depositToken: 4,
  sendMessage: 1,
  postBatch: 4,
  forceInclude: 1,
  passTime: 2,
  execute: 6,
  withdrawEther: 3,
  withdrawToken: 4,
  disturbToken: 1,
  assertTruth: 3,
  lie: 1,
  confirm: 3,
  prove: 5,
  finalize: 6,
  settle: 5,
} as const;
type Kind = keyof typeof STEP_WEIGHTS;

const kinds = fc.oneof(
  ...Object.entries(STEP_WEIGHTS).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind as Kind) })),
);
const number = fc.integer({ min: 0, max: 10_000 });
const steps = fc.array(fc.tuple(kinds, number, number), { minLength: STEPS, maxLength: STEPS, size: "max" });

describe(`Inbox, bridge and queue under random calls (seed ${SEED})`, function () {
  this.timeout(IS_FULL ? 3_600_000 : 300_000);
  before(compileOnce);

  it(`cover what they owe after each of ${RUNS} x ${STEPS} steps`, async () => {
    const total: Record<string, number> = {};
    const property = fc.asyncProperty(steps, async (play) => {
      const world = new World(await loadFixture(deployWorld));
      for (const [kind, a, b] of play) {
        await world[kind](a, b);
        await expectInvariants(world);
      }
      await expectInboxRebuilt(world);
      for (const [what, count] of Object.entries(world.counts)) total[what] = (total[what] ?? 0) + count;
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: !IS_FULL });
    console.log(`        ${JSON.stringify(total)}`);
    for (const what of ["batch", "call", "asserted", "confirmed", "proven", "forged", "ether paid", "tokens paid"])
      expect(total[what], what).to.be.greaterThan(0);
  });
});
