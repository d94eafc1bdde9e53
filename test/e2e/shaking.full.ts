import { newSeed } from "./support/frauds";
import { ShakenDevnet } from "./support/shaking";

describe("e2e: faults of processes under load and disputes", function () {
  this.timeout(3_600_000);
  let shaken: ShakenDevnet;
  beforeEach(() => (shaken = new ShakenDevnet()).start());
  afterEach(function () {
    return shaken.stop(this.currentTest?.state === "failed");
  });

  // In turn: the challenger, the verifier and the sequencer, 50 times each.
  for (const [kills, outageSeconds] of [
    [3, 3],
    [150, 60],
  ])
    it(`loses nothing when actors are killed ${kills} times and L1 is down for ${outageSeconds} s`, async () => {
      const seed = newSeed();
      console.log(`      seed ${seed}`);
      await shaken.shake({ seed, kills, outageSeconds });
    });
});
