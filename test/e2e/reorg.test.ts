import { Arena } from "./support/arena";
import { newSeed, playFraud } from "./support/frauds";
import { randomOf } from "./support/random";

describe("e2e: L1 reorganises under a dispute", function () {
  this.timeout(300_000);
  const arena = new Arena();
  before(async () => {
    await arena.start();
    await arena.startHonest();
  });
  after(() => arena.stop());

  it("plays on after reorgs of 1 to 10 blocks, and loses no stake", async () => {
    const seed = newSeed();
    console.log(`      reorgs, seed ${seed}`);
    const stop = arena.shakeL1(randomOf(seed), 4);
    try {
      await playFraud(arena, { title: "", fault: "wrong-state:middle", by: "proof", run: 1 });
    } finally {
      console.log(`      reorgs of ${(await stop()).join(", ")} blocks`);
    }
  });
});
