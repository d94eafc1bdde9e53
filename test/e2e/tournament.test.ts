import { expect } from "chai";
import { parseFault } from "../../adversary/faults";
import { LyingSource } from "../../adversary/lyingSource";
import type { CommitmentSource } from "../../challenger/commitments/commitments";
import type { DisputedStep } from "../../challenger/truth";
import { devAccount, ROLES } from "../../devnet/accounts";
import { startReferee, type Verdict } from "../../devnet/referee";
import type { MatchState, TournamentGame } from "../../games/tournament";
import type { AssertionInfo } from "../../games/types";
import type { Hex } from "../../protocol/types";
import { newSeed } from "./support/frauds";
import { eventually, TestSystem } from "./support/system";

const ETHER = 10n ** 18n;

describe("e2e: a lie under the game of tournaments, over the real program", function () {
  this.timeout(300_000);
  const system = new TestSystem({ game: "tournament" });
  before(() => system.start());
  after(() => system.stop());

  it("is refuted by the step at which it begins, through three levels, and nobody gains by it", async () => {
    const seed = newSeed();
    const steps: DisputedStep[] = [];
    const deps = { onStep: (step: DisputedStep) => void steps.push(step) };
    const honest = await system.startChallenger<TournamentGame>("honest", ROLES.challenger, deps);
    const context = { seed, account: devAccount(9).address, amountWei: 1_000n * ETHER };
    const fault = parseFault("wrong-state:middle", context, "tournament");
    const box: { source?: CommitmentSource } = {};
    const liar = await system.startChallenger<TournamentGame>("liar", ROLES.liar, {
      ...fault,
      createSource: (...args) => (box.source = fault.createSource(...args)),
    });
    const { deployment, devnet } = system;
    const referee = await startReferee(devnet.info.l1.url, deployment, 50);
    const started = Date.now();
    const transfer = { to: devAccount(5).address, value: ETHER };
    await system.postBatch([
      [await system.sign(0, transfer)],
      [await system.sign(1, transfer)],
      [await system.sign(2, transfer)],
    ]);
    const { game } = honest;
    const stepOn = (): MatchState | undefined => [...game.replica.matches.values()].find(({ end }) => end === "step");
    await eventually("a step on L1", async () => stepOn() !== undefined, 150);
    const seconds = ((Date.now() - started) / 1_000).toFixed(1);
    console.log(`      seed ${seed}: a step after ${seconds} s and ${liar.game.size} commitments`);

    // What L1 executed is the very step from which on the liar's machine is another.
    expect(box.source).to.be.instanceOf(LyingSource);
    const { forgery, run } = (box.source as LyingSource).told!;
    expect(run).to.equal(1);
    const [{ mnemonic, atStep, file, line }] = steps;
    const { position, tournament } = stepOn()!;
    const above = (id: Hex): MatchState => game.replica.matches.get(game.replica.tournaments.get(id)!.above)!;
    const segment = above(tournament);
    expect(BigInt(segment.position) * 2n ** BigInt(game.heights[2]) + BigInt(position)).to.equal(BigInt(atStep));
    expect(above(segment.tournament).position).to.equal(run);
    if (forgery.patches !== undefined) expect(BigInt(atStep)).to.equal(forgery.patches[0].step - 1n);
    console.log(`      L1 executed step ${atStep}: ${mnemonic}  (${file}:${line})`);

    /** The liar's assertion beside one of the honest party; whatever it asserts upon its lie falls with it. */
    const lies = (): AssertionInfo[] => {
      const by = (account: Hex, info: AssertionInfo): boolean =>
        game.replica.tournamentAround(info).commitments.get(info.root)!.claimer === account;
      const theirs = [...game.replica.assertions.values()].filter((info) => by(liar.sender.address, info));
      return theirs.filter(({ parent }) =>
        game.replica.childrenOf(parent).some((other) => by(honest.sender.address, other)),
      );
    };
    expect(lies()).to.have.length(1);
    const [lie] = lies();
    const top = game.replica.tournamentAround(lie);
    const { allowanceSeconds } = game.parameters;
    const isIdle = (): boolean => honest.isQuiet && !honest.truth.isBusy && honest.sender.pending().length === 0;
    await eventually(
      "the truth confirmed",
      async () => {
        const { isSettled } = game.replica.tournaments.get(top.id)!;
        if (!isSettled && isIdle()) await system.jump(Math.ceil(allowanceSeconds / 8));
        return isSettled;
      },
      180,
    );
    const { waiting, commitments } = game.replica.tournaments.get(top.id)!;
    expect(commitments.get(waiting!)!.claimer).to.equal(honest.sender.address);
    expect(commitments.get(lie.root)!.standing).to.equal("out");
    const matches = [...game.replica.matches.values()].map(({ end }) => end);
    expect(matches, "each level was decided by the one below").to.include.members(["inner", "step"]);
    expect(game.isConfirmed(lie.id)).to.equal(false);

    // Who watches from outside sees the same.
    const told: { verdict?: Verdict | null } = {};
    await eventually(
      "the referee's verdict",
      async () => (told.verdict = referee.verdict(liar.sender.address, 0)) !== null,
      20,
    );
    referee.stop();
    const { winner, loser, by, proven, stakes, reward, burnt } = told.verdict!;
    expect([winner.account, loser]).to.deep.equal([
      honest.sender.address,
      { account: liar.sender.address, assertion: lie.id },
    ]);
    expect([by, proven]).to.deep.equal([
      "proof",
      { parent: lie.parent, run, segment: segment.position, step: position },
    ]);
    expect(stakes, "a bond at each level").to.equal(3);
    expect(reward > 0n && burnt > reward).to.equal(true);
    const { moves } = referee.spentBy(honest.sender.address);
    expect(moves).to.include.keys("assertState", "join", "advance", "winByStep");
  });
});
