import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import hre from "hardhat";
import type { Hex } from "../../../protocol/types";
import { moveArguments } from "../../../games/edges";
import { expectedOfEdges } from "../../../games/edges/expected";
import { asParent } from "../../../games/edges/truth";
import { ZERO_ADDRESS } from "../../../protocol";
import { arsenal } from "../../../simulator/strategies/arsenal";
import { tryMove } from "../../../simulator/boards/paper/board";
import type { BoardView } from "../../../simulator/boards/board";
import { deployGame, refusal, type GameChain } from "../../../simulator/boards/contracts/chain";
import { ETHER } from "../../../simulator/boards/setup";
import { GameModel } from "../../../simulator/boards/paper/model";
import { randomMove } from "../../../simulator/strategies/randomMoves";
import { Random, seedOfRun } from "../../../simulator/random";
import { ToyJudge } from "../../../simulator/truths/toy/machine";
import { ToyTruth } from "../../../simulator/truths/toy/truth";
import { expectHeld } from "../support/held";

const MOVES = process.env.SOLVENT_FULL ? 3000 : 250;
const PLAYERS = 3;

/** Everything of a state that decides what can happen next, in one comparable form. */
function summary(view: BoardView, players: readonly Hex[]): unknown {
  const edges = [...view.edges].map(([id, { created, timer, status, staker, maker, stakeMoved, cost }]) => {
    return [id, created, timer, status, staker, maker, stakeMoved, cost];
  });
  const places = [...new Set([...view.edges.values()].map(({ at }) => JSON.stringify(at)))].length;
  const balances = players.slice(0, PLAYERS).map((player) => view.balances.get(player) ?? 0n);
  const rewards = [...view.rewards].filter(([, left]) => left > 0n).sort();
  return { edges: edges.sort(), places, balances, rewards, burnt: view.burnt };
}

describe("game: the model is the contracts", function () {
  this.timeout(1_200_000);

  for (const heights of [
    [1, 1, 1],
    [2, 1, 2],
  ] as const) {
    const seed = seedOfRun();
    it(`does and refuses the same in ${MOVES} random moves at H = ${heights.join()} (SOLVENT_SEED=${seed})`, async () => {
      const random = new Random(seed);
      const rules = { runSteps: 3, trapAt: 1 };
      const stakes = [16n * ETHER, 4n * ETHER, ETHER] as const;
      const chain = await deployGame({ heights, rules, stakes, players: PLAYERS, challengePeriodSeconds: 2500 });
      const model = new GameModel(chain.parameters, chain.genesis, new ToyJudge(rules));
      for (const player of chain.addresses.slice(0, PLAYERS)) model.deposit(player, 1000n * ETHER);
      const truth = new ToyTruth(rules, heights);
      const all = arsenal(truth, rules);
      const sources = ["lie 0/0/0", `lie 0/0/${2 ** heights[2] - 1}`, "detour 0", "noise at level 1", "the truth"].map(
        (n) => all.get(n)!,
      );
      const outcomes = new Map<string, number>();
      /** Makers' costs that the model has taken over: L1 alone knows gas. */
      const edges = new Map<Hex, string>();
      for (let i = 0; i < MOVES; i++) {
        const parents = [chain.genesis, ...[...model.assertions.values()].map(asParent)].filter(({ outputRoot }) =>
          truth.knows(outputRoot),
        );
        const move = randomMove(model, sources, parents, random);
        const by = random.below(PLAYERS);
        const now = (await time.latest()) + 1 + random.below(i % 10 === 0 ? 900 : 60);
        await time.setNextBlockTimestamp(now);
        if (random.below(40) === 0) {
          model.inbox = await chain.appendBatches(1);
          continue;
        }
        model.nowSeconds = now;
        const connected = chain.queue.connect(chain.accounts[by]) as typeof chain.queue;
        const call = connected.getFunction(move.kind)(...moveArguments(move), { gasLimit: 10_000_000 });
        const actual = await refusal(call);
        const required = tryMove(model, move, chain.addresses[by]);
        expect(actual, `move ${i}: ${JSON.stringify(move)}`).to.equal(required);
        await takeCosts(chain.queue, model, edges);
        const outcome = `${move.kind} ${required ?? "done"}`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (i % 25 !== 0) continue;
        const replica = await chain.replica();
        expect(summary(replica, chain.addresses)).to.deep.equal(summary(model, chain.addresses));
        await expectHeld(chain.queue, expectedOfEdges(replica));
      }
      const replica = await chain.replica();
      expect(summary(replica, chain.addresses)).to.deep.equal(summary(model, chain.addresses));
      // What so many moves must have reached, whatever the seed.
      const reached = process.env.SOLVENT_FULL
        ? ["assertState", "bisect", "open", "update", "confirm"]
        : ["assertState"];
      for (const kind of reached) expect(outcomes.get(`${kind} done`)).to.be.above(0);
      await expectStored(chain.queue, replica);
      expect(await expectHeld(chain.queue, expectedOfEdges(replica))).to.be.above(replica.assertions.size);
      if (process.env.SOLVENT_FULL) console.log(Object.fromEntries([...outcomes].sort()));
    });
  }
});

/** Gives the model what new moves have cost on L1. */
async function takeCosts(queue: GameChain["queue"], model: GameModel, known: Map<Hex, string>): Promise<void> {
  for (const [id, edge] of model.edges) {
    if (known.get(id) === edge.maker + String(edge.status === "proven")) continue;
    known.set(id, edge.maker + String(edge.status === "proven"));
    edge.cost = ((await queue.edge(id)) as { cost: bigint }).cost;
  }
}

/** The replica is what the contract stores, slot for slot. */
async function expectStored(queue: Awaited<ReturnType<typeof deployGame>>["queue"], view: BoardView): Promise<void> {
  const statuses = ["none", "open", "proven", "confirmed", "slashed"];
  let stakes = view.burnt;
  for (const reward of view.rewards.values()) stakes += reward;
  for (const balance of view.balances.values()) stakes += balance;
  for (const [id, edge] of view.edges) {
    const [created, timer, status, staker, maker, stakeMoved, cost] = await queue.edge(id);
    const stored = {
      created: Number(created),
      timer: Number(timer),
      status: statuses[Number(status)],
      staker: staker.toLowerCase(),
      maker: maker.toLowerCase(),
      ...{ stakeMoved, cost },
    };
    expect(stored).to.deep.equal({
      created: edge.created,
      timer: edge.timer,
      status: edge.status,
      staker: edge.staker,
      maker: edge.maker,
      ...{ stakeMoved: edge.stakeMoved, cost: edge.cost },
    });
    if (edge.status === "open" && edge.staker !== ZERO_ADDRESS) stakes += view.parameters.stakes[edge.at.level];
    if (edge.stakeMoved && edge.status !== "confirmed") stakes -= view.parameters.stakes[0];
  }
  expect(await hre.ethers.provider.getBalance(queue.target)).to.equal(stakes);
}
