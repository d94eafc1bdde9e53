import { expect } from "chai";
import { Devnet } from "../../devnet/devnet";
import { startFault } from "../../devnet/scenes";

/** What each kind of fault must end with. Those on the way to L1 come last: the dead sequencer stays dead. */
const ENDS: [fault: string, end: RegExp][] = [
  ["wrong-state", /why: L1 executed one instruction/],
  ["wrong-batch", /why: L1 executed one instruction/],
  ["garbage", /why: time/],
  ["silent:1", /why: time/],
  ["copied-history", /why: time/],
  // 1.16: all that was lost is told, not one of them.
  ["spam:4", /lost: .* its 4 stakes[^]*why: time/],
  ["deposit-flood:20", /won: the user/],
  ["batch-over-forced", /won: the (forced|sequencer's) batch/],
  ["withheld-batch", /won: the user/],
  ["dead-sequencer", /won: the user/],
];

describe("e2e: npm start -- --fault", function () {
  this.timeout(400_000);
  for (const [fault, end] of ENDS)
    it(`ends ${fault} with a report of who won and why`, async () => {
      const ports = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };
      const devnet = new Devnet({
        ...ports,
        l1IntervalMs: 100,
        batchAgeMs: 500,
        assertionIntervalSeconds: 3,
        forceDelaySeconds: 5,
      });
      try {
        await devnet.start();
        const report = (await startFault(devnet, fault, 7, () => {})).join("\n");
        expect(report).to.match(end);
        expect(report)
          .to.match(/time: /)
          .and.to.match(/cost: /);
      } finally {
        await devnet.stop();
      }
    });
});
