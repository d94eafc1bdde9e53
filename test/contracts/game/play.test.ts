import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { HonestPlayer, type Plan } from "../../../games/edges";
import type { Truth } from "../../../games/edges";
import { deployGame, type GameChain } from "../../../simulator/boards/contracts/chain";
import { LyingTruth } from "../../../simulator/truths/lyingTruth";
import { ToyTruth } from "../../../simulator/truths/toy/truth";

/** Plays both parties in turn, `answer` seconds each, until neither has anything to do. @returns gas used. */
async function playOut(
  chain: GameChain,
  truths: readonly Truth[],
  answerSeconds: number,
  periods = 3,
): Promise<{ gas: bigint; plans: Plan[] }> {
  const players = await Promise.all(
    truths.map(async (truth, i) => {
      const account = (await chain.accounts[i].getAddress()).toLowerCase() as `0x${string}`;
      return new HonestPlayer(truth, { account, from: chain.genesis, propose: (p) => p.id === chain.genesis.id });
    }),
  );
  let gas = 0n;
  const end = (await time.latest()) + periods * chain.parameters.challengePeriodSeconds;
  const plans: Plan[] = [];
  while ((await time.latest()) < end) {
    let moved = false;
    for (const [i, player] of players.entries()) {
      const plan = player.decide(await chain.replica());
      plans[i] = plan;
      if (plan.moves.length === 0) continue;
      moved = true;
      gas += (await chain.send(plan.moves, chain.accounts[i])).gasUsed;
      await time.increase(answerSeconds);
    }
    if (!moved) await time.increase((chain.parameters.challengePeriodSeconds / 7) | 0);
  }
  return { gas, plans };
}

describe("game: a dispute over the toy prover", () => {
  it("V60 confirms the unrivalled assertion by age alone", async () => {
    const chain = await deployGame({ heights: [2, 2, 2], rules: { runSteps: 7 } });
    const truth = new ToyTruth({ runSteps: 7 }, [2, 2, 2]);
    await playOut(chain, [truth], 10);
    const replica = await chain.replica();
    const [child] = replica.childrenOf(chain.genesis.id);
    expect(replica.edge(child.id)!.status).to.equal("confirmed");
    expect(child.l2BlockNumber).to.equal(2);
  });

  it("confirms the truth against one lie, at every leaf of every level", async function () {
    this.timeout(120_000);
    const heights = [1, 2, 1] as const;
    for (const run of [0, 1])
      for (const machine of [0, 3])
        for (const step of [0, 1]) {
          const chain = await deployGame({ heights, rules: { runSteps: 7 } });
          const truth = new ToyTruth({ runSteps: 7 }, heights);
          const liar = new LyingTruth(truth, { run, machine, step, salt: 1 });
          await playOut(chain, [truth, liar], 10);
          const replica = await chain.replica();
          const right = replica
            .childrenOf(chain.genesis.id)
            .filter(({ id }) => replica.edge(id)!.status === "confirmed");
          expect(right.length).to.equal(1);
          expect(right[0].root).to.equal(truth.runs(chain.genesis).tree.root);
          const mine = (await chain.accounts[0].getAddress()).toLowerCase() as `0x${string}`;
          for (const edge of replica.edges.values())
            if (edge.staker === mine) expect(edge.status).to.equal("confirmed");
        }
  });
});
