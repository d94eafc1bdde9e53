import { expect } from "chai";
import { seedsOf, tell, type Tally } from "./support/turns/seeds";
import { TurnsWorld } from "./support/turns/world";

/** `SOLVENT_SEEDS=1000 npx tsx test/run.ts --full e2e -- -g "seeded rotations"` plays as many; SOLVENT_SEED is the first. */
const [FIRST, SEEDS] = [Number(process.env.SOLVENT_SEED ?? 1), Number(process.env.SOLVENT_SEEDS ?? 25)];

for (const isDrawn of [false, true])
  describe(`e2e: seeded rotations with faulty leaders, ${isDrawn ? "in orders that beacon roots draw, " : ""}by the real sequencers and verifiers`, function () {
    this.timeout(7_200_000);
    const world = new TurnsWorld();
    before(() => world.start({ isDrawn }));
    after(() => world.stop());

    it(`fork nowhere, keep each message's bound, punish each equivocation and nobody honest: ${SEEDS} seeds from ${FIRST}`, async () => {
      const tally: Tally = await seedsOf(world, FIRST, SEEDS);
      tell(tally);
      expect(tally.failures).to.deep.equal([]);
    });
  });
