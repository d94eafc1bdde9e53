import { mock } from "node:test";
import { expect } from "chai";
import { Ticks } from "../../../sequencer/blocks/ticks";

const INTERVAL_MS = 1_000;

describe("sequencer: when a block is begun", () => {
  const realNow = performance.now.bind(performance);
  let now: number;
  let begun: number[];
  let waiting: number;
  let perTransactionMs: number;
  let ticks: Ticks;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    [now, begun, waiting, perTransactionMs] = [0, [], 0, 0];
    performance.now = () => now;
    ticks = new Ticks(
      async () => {
        begun.push(now);
        const transactions = waiting;
        await new Promise((resolve) => setTimeout(resolve, transactions * perTransactionMs));
        return transactions;
      },
      () => waiting,
    );
    ticks.every(INTERVAL_MS);
  });
  afterEach(() => {
    ticks.stop();
    performance.now = realNow;
    mock.timers.reset();
  });

  async function pass(ms: number): Promise<void> {
    for (let i = 0; i < ms; i++) {
      now++;
      mock.timers.tick(1);
      // What a timer wakes goes on before the next millisecond.
      for (let k = 0; k < 4; k++) await Promise.resolve();
    }
  }

  it("begins at its time where nothing is known, so much earlier afterwards, and never more than a quarter of the interval", async () => {
    [waiting, perTransactionMs] = [100, 1.5];
    await pass(3_000);
    expect(begun).to.deep.equal([1_000, 1_850, 2_850]);
    waiting = 170; // 255 ms
    await pass(2_000);
    expect(begun.slice(3)).to.deep.equal([3_750, 4_750]);
  });

  it("begins at its time where few wait, and learns nothing of small blocks", async () => {
    [waiting, perTransactionMs] = [49, 5];
    await pass(2_000);
    expect(begun).to.deep.equal([1_000, 2_000]);
    [waiting, perTransactionMs] = [50, 1];
    await pass(1_000);
    expect(begun.at(-1)).to.equal(3_000);
    waiting = 19; // 19 ms, one less than is worth it
    await pass(1_000);
    expect(begun.at(-1)).to.equal(4_000);
    waiting = 20;
    await pass(1_000);
    expect(begun.at(-1)).to.equal(4_980);
  });

  it("leaves out what it was too busy for, and takes another interval at once", async () => {
    await pass(1_500);
    // The process stands still, and its timers with it.
    now += 3_000;
    await pass(1_500);
    // The one of 5,000 would follow within a quarter of the interval.
    expect(begun).to.deep.equal([1_000, 4_750, 6_000]);
    ticks.every(200);
    await pass(500);
    expect(begun.slice(3)).to.deep.equal([6_200, 6_400]);
  });
});
