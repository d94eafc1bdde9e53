import { Arena } from "./support/arena";
import { playFraud } from "./support/frauds";
import { TestSystem } from "./support/system";

/** Anvil mines once a second. */
const ANVIL_STILL_MS = 4_000;

describe("e2e: batches in blobs", function () {
  this.timeout(300_000);
  const arena = new Arena(new TestSystem({ data: "blobs", l1: "anvil" }), ANVIL_STILL_MS);
  before(async () => {
    await arena.start();
    await arena.startHonest();
  });
  after(() => arena.stop());

  it("a blob that is said to be empty is disputed down to the instruction that opens it on L1", () =>
    playFraud(arena, {
      title: "a blob that says it is empty",
      fault: "wrong-blob:first",
      by: "proof",
      run: 0,
      call: "preimage",
    }));
});
