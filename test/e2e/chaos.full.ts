import { newSeed } from "./support/frauds";
import { ShakenDevnet } from "./support/shaking";

/** Seconds of chaos: `SOLVENT_CHAOS=3600 SOLVENT_SEED=7 npx mocha test/e2e/chaos.full.ts` is an hour of seed 7. */
const SECONDS = Number(process.env.SOLVENT_CHAOS ?? 120);

describe("e2e: everything at once", function () {
  this.timeout((SECONDS + 1_800) * 1_000);
  let shaken: ShakenDevnet;
  beforeEach(() => (shaken = new ShakenDevnet()).start());
  afterEach(function () {
    return shaken.stop(this.currentTest?.state === "failed");
  });

  it("ends well where two challenger processes play with one key, whose wallet is drained in each dispute", async () => {
    const seed = Number(process.env.SOLVENT_SEED ?? newSeed());
    console.log(`      SOLVENT_SEED=${seed}`);
    await shaken.shake({ seed, kills: 3, outageSeconds: 0, hasTwin: true, isDrained: true });
  });

  it(`loses nothing in ${SECONDS} s of kills, drained wallets, liars, dear blocks, and an L1 that is slow, lies and goes back`, async () => {
    const seed = Number(process.env.SOLVENT_SEED ?? newSeed());
    console.log(`      SOLVENT_SEED=${seed}`);
    const chaos = { hasTwin: true, isDrained: true, isWild: true };
    await shaken.shake({ seed, kills: Infinity, outageSeconds: 10, seconds: SECONDS, ...chaos });
  });
});
