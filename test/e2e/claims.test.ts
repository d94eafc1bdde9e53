import { expect } from "chai";
import { parseFault } from "../../adversary/faults";
import { LyingSource } from "../../adversary/lyingSource";
import type { CommitmentSource } from "../../challenger/commitments/commitments";
import type { DisputedStep } from "../../challenger/truth";
import { devAccount, ROLES } from "../../devnet/accounts";
import { CLAIMS_ABI, type ClaimsGame } from "../../games/claims";
import type { Hex } from "../../protocol/types";
import { newSeed } from "./support/frauds";
import { eventually, TestSystem } from "./support/system";

const ETHER = 10n ** 18n;

describe("e2e: a lie under the game of claims, over the real program", function () {
  this.timeout(300_000);
  const system = new TestSystem({ game: "claims" });
  before(() => system.start());
  after(() => system.stop());

  it("is refuted by the step at which it begins, and pays those who answered it", async () => {
    const seed = newSeed();
    const steps: DisputedStep[] = [];
    const deps = { onStep: (step: DisputedStep) => void steps.push(step) };
    const honest = await system.startChallenger<ClaimsGame>("honest", ROLES.challenger, deps);
    const fault = parseFault("wrong-state:middle", { seed, account: devAccount(9).address, amountWei: 1_000n * ETHER });
    const box: { source?: CommitmentSource } = {};
    const liar = await system.startChallenger<ClaimsGame>("liar", ROLES.liar, {
      ...fault,
      createSource: (...args) => (box.source = fault.createSource(...args)),
    });
    const started = Date.now();
    const transfer = { to: devAccount(5).address, value: ETHER };
    await system.postBatch([
      [await system.sign(0, transfer)],
      [await system.sign(1, transfer)],
      [await system.sign(2, transfer)],
    ]);
    const { queue } = system.deployment.addresses;
    const { topicHash } = CLAIMS_ABI.getEvent("StepPlayed")!;
    const proofs = () => system.provider.getLogs({ address: queue, topics: [topicHash], fromBlock: 0 });
    await eventually("a step on L1", async () => (await proofs()).length > 0, 120);
    const seconds = ((Date.now() - started) / 1_000).toFixed(1);
    console.log(`      seed ${seed}: a step after ${seconds} s and ${liar.game.size} claims`);
    const [proof] = await proofs();
    expect(CLAIMS_ABI.parseLog(proof)!.args.stepper.toLowerCase()).to.equal(honest.sender.address);

    // What L1 executed is the very step from which on the liar's machine is another.
    expect(box.source).to.be.instanceOf(LyingSource);
    const { forgery, run } = (box.source as LyingSource).told!;
    expect(run).to.equal(1);
    const [{ mnemonic, atStep, file, line }] = steps;
    if (forgery.patches !== undefined) expect(BigInt(atStep)).to.equal(forgery.patches[0].step - 1n);
    console.log(`      L1 executed step ${atStep}: ${mnemonic}  (${file}:${line})`);

    const { maxClockSeconds } = honest.game.parameters;
    const own = (): Hex | undefined => honestAssertion(honest.game, honest.sender.address);
    await eventually(
      "the truth confirmed",
      async () => {
        const id = own();
        if (id !== undefined && honest.game.isConfirmed(id)) return true;
        if (honest.isQuiet && !honest.truth.isBusy && honest.sender.pending().length === 0)
          await system.jump(maxClockSeconds);
        return false;
      },
      120,
    );
    const lies = [...honest.game.replica.trees.values()].filter(
      ({ claims }) => claims[0].claimant === liar.sender.address,
    );
    expect(lies).to.have.length(1);
    await eventually(
      "the lie resolved",
      async () => lies[0].claims.every(({ isResolved }) => isResolved) || (await system.jump(maxClockSeconds), false),
      60,
    );
    for (const claim of honest.game.replica.trees.get(lies[0].assertion.id)!.claims)
      if (claim.claimant === liar.sender.address && claim.answers.length > 0)
        expect(claim.payee).to.equal(honest.sender.address);
  });
});

function honestAssertion(game: ClaimsGame, account: Hex): Hex | undefined {
  return [...game.replica.trees.values()].find(({ claims }) => claims[0].claimant === account)?.assertion.id;
}
