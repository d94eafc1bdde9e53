import { Arena } from "./support/arena";
import { MORE_FRAUDS, playFraud } from "./support/frauds";

describe("e2e: more frauds over the real program", function () {
  this.timeout(600_000);
  const arena = new Arena();
  before(async () => {
    await arena.start();
    await arena.startHonest();
  });
  after(() => arena.stop());

  for (const fraud of MORE_FRAUDS) it(`defeats ${fraud.title} by ${fraud.by}`, () => playFraud(arena, fraud));
});
