import { expect } from "chai";
import { FAULT_KINDS } from "../../adversary/faults";
import { Devnet } from "../../devnet/devnet";
import type { DevnetOptions } from "../../devnet/options";
import { startFault } from "../../devnet/scenes";

const BY_PROOF = /why: L1 executed one instruction/;

/** What each kind of fault must end with, on a chain that nobody else uses. Those on the way to L1 come last: the dead sequencer stays dead. */
const ENDS: [fault: string, end: RegExp, options?: Partial<DevnetOptions>][] = [
  ["wrong-state", BY_PROOF],
  ["wrong-batch", BY_PROOF],
  ["wrong-preimage", BY_PROOF],
  ["wrong-precompile", BY_PROOF],
  ["low-gas", BY_PROOF],
  ["wrong-blob:first", BY_PROOF, { data: "blobs", l1: "anvil", l1IntervalMs: 1_000, responseTimeSeconds: 3 }],
  ["flip", BY_PROOF],
  ["unsafe", BY_PROOF],
  ["garbage", /why: time/],
  ["silent:1", /why: time/],
  ["copied-history", /why: time/],
  // 1.16: all that was lost is told, not one of them.
  ["spam:4", /lost: .* its 4 stakes[^]*why: time/],
  // Nobody takes a transaction: what is lied about is forced in through L1.
  ["wrong-state", BY_PROOF, { without: ["sequencer"] }],
  ["wrong-precompile", BY_PROOF, { without: ["sequencer"] }],
  ["low-gas", BY_PROOF, { without: ["sequencer", "verifier"] }],
  ["low-gas", BY_PROOF, { without: ["verifier"] }],
  ["deposit-flood:20", /won: the user/],
  ["batch-over-forced", /won: the (forced|sequencer's) batch/],
  ["withheld-batch", /won: the user/],
  ["dead-sequencer", /won: the user/],
];
/** Played elsewhere: another program has to be built (test/devnet/program.full.ts). */
const ELSEWHERE = ["other-program"];

describe("e2e: npm start -- --fault", function () {
  this.timeout(600_000);

  it("1.4 brings every liar to a verdict on an idle chain: each is in the list", () => {
    const played = new Set(ENDS.map(([fault]) => fault.split(":")[0]));
    expect(FAULT_KINDS.filter((kind) => !played.has(kind))).to.deep.equal(ELSEWHERE);
  });

  for (const [fault, end, options = {}] of ENDS) {
    const without = options.without === undefined ? "" : ` without ${options.without.join(" and ")}`;
    it(`ends ${fault}${without} with a report of who won and why`, async () => {
      const ports = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };
      const devnet = new Devnet({
        ...ports,
        l1IntervalMs: 100,
        batchAgeMs: 500,
        assertionIntervalSeconds: 3,
        forceDelaySeconds: 5,
        ...options,
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
  }
});
