import { expect } from "chai";
import { parseFault } from "../../adversary/faults";
import { LyingSource } from "../../adversary/lyingSource";
import type { CommitmentSource } from "../../challenger/commitments/commitments";
import type { DisputedStep } from "../../challenger/truth";
import { devAccount, ROLES } from "../../devnet/accounts";
import { CLAIMS_ABI, type ClaimsGame, type ClaimTree } from "../../games/claims";
import type { Hex } from "../../protocol/types";
import { newSeed } from "./support/frauds";
import { startReferee } from "../../devnet/referee";
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
    const referee = await startReferee(system.devnet.info.l1.url, system.deployment);
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
    const by = (account: Hex, tree: ClaimTree): boolean => tree.claims[0].claimant === account;
    /** Assertions of the liar beside one of the honest party; whatever it asserts upon its lie falls with it. */
    const lies = (): ClaimTree[] => {
      const { replica } = honest.game;
      const beside = ({ assertion }: ClaimTree): readonly ClaimTree[] => replica.childrenOf(assertion.parent);
      const theirs = [...replica.trees.values()].filter((tree) => by(liar.sender.address, tree));
      return theirs.filter((tree) => beside(tree).some((other) => by(honest.sender.address, other)));
    };
    expect(lies()).to.have.length(1);
    const isOver = (): boolean => {
      const [lie] = lies();
      const isWon = honest.game.replica
        .childrenOf(lie.assertion.parent)
        .some((tree) => tree !== lie && tree.isConfirmed);
      return isWon && lie.claims.every(({ isResolved }) => isResolved);
    };
    const isIdle = (): boolean => honest.isQuiet && !honest.truth.isBusy && honest.sender.pending().length === 0;
    await eventually(
      "the truth confirmed and the lie resolved",
      async () => {
        if (!isOver() && isIdle()) await system.jump(maxClockSeconds);
        return isOver();
      },
      180,
    );
    // What the referee says of it is what happened.
    await eventually("a verdict", async () => referee.verdict(liar.sender.address, 0) !== null, 60);
    const { winner, by: how, proven } = referee.verdict(liar.sender.address, 0)!;
    referee.stop();
    expect([winner.account, how]).to.deep.equal([honest.sender.address, "proof"]);
    const [{ segment, step }] = steps;
    expect(proven).to.deep.equal({ parent: lies()[0].assertion.parent, run, segment, step });
    expect(Object.keys(referee.spentBy(honest.sender.address).moves)).to.include.members(["assertState", "step"]);
    for (const { claimant, answers, payee } of lies()[0].claims)
      if (claimant === liar.sender.address && answers.length > 0) expect(payee).to.equal(honest.sender.address);
  });
});
