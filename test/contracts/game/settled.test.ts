import { takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import hre from "hardhat";
import { parseGameLog } from "../../../games/edges/events";
import { GameReplica } from "../../../games/edges/replica";
import { HonestPlayer, type Move, type Truth } from "../../../games/edges";
import type { Hex } from "../../../protocol/types";
import { deployGame, type GameChain } from "../../../simulator/boards/contracts/chain";
import { LyingTruth } from "../../../simulator/truths/lyingTruth";
import { ToyTruth } from "../../../simulator/truths/toy/truth";

const HEIGHTS = [1, 2, 1] as const;
const RULES = { runSteps: 7 };
const ASSERTIONS = 3;

/** The truth, with a count of what is asked of it. */
function counted(truth: Truth): { truth: Truth; asked: { runs: number; machines: number } } {
  const asked = { runs: 0, machines: 0 };
  const counting = {
    runs: (parent: Parameters<Truth["runs"]>[0]) => (asked.runs++, truth.runs(parent)),
    machines: (...args: Parameters<Truth["machines"]>) => (asked.machines++, truth.machines(...args)),
    steps: (...args: Parameters<Truth["steps"]>) => truth.steps(...args),
    witness: (...args: Parameters<Truth["witness"]>) => truth.witness(...args),
  };
  return { truth: counting, asked };
}

/** What L1's logs tell now: after a reorg it is another view than before. */
async function viewOf(chain: GameChain): Promise<GameReplica> {
  const replica = new GameReplica(chain.parameters);
  for (const log of await hre.ethers.provider.getLogs({ address: await chain.queue.getAddress(), fromBlock: 0 }))
    replica.apply(parseGameLog(log)!, (await hre.ethers.provider.getBlock(log.blockNumber))!.timestamp);
  replica.nowSeconds = await time.latest();
  return replica;
}

describe("game: what is settled", function () {
  this.timeout(120_000);

  it("is not walked again after a reorg that leaves it, and is walked and settled again after one that takes its end back", async () => {
    const chain = await deployGame({ heights: HEIGHTS, rules: RULES });
    const [accounts, period] = [chain.accounts, chain.parameters.challengePeriodSeconds];
    const { truth, asked } = counted(new ToyTruth(RULES, HEIGHTS));
    const lie = new LyingTruth(new ToyTruth(RULES, HEIGHTS), { run: 0, machine: 0, step: 0, salt: 1 });
    let [made, most] = [0, 1];
    const account = async (i: number): Promise<Hex> => (await accounts[i].getAddress()).toLowerCase() as Hex;
    const from = chain.genesis;
    const honest = new HonestPlayer(truth, { account: await account(0), from, propose: () => made < most });
    const liar = new HonestPlayer(lie, { account: await account(1), from });
    const send = async (moves: readonly Move[], by = 0): Promise<void> => {
      made += moves.filter(({ kind }) => by === 0 && kind === "assertState").length;
      if (moves.length > 0) await chain.send([...moves], accounts[by]);
      await time.increase(moves.length > 0 ? 10 : Math.floor(period / 7));
    };
    // The dispute, until the slash is due.
    const isEnd = ({ kind }: Move): boolean => kind === "slash" || kind === "reward";
    for (;;) {
      const { moves } = honest.decide(await viewOf(chain));
      await send(moves.filter((move) => !isEnd(move)));
      if (moves.some(isEnd)) break;
      await send(liar.decide(await viewOf(chain)).moves, 1);
    }
    const beforeSlash = await takeSnapshot();
    const play = async (): Promise<void> => {
      for (let idle = 0; idle < 8;) {
        const { moves } = honest.decide(await viewOf(chain));
        idle = moves.length === 0 ? idle + 1 : 0;
        await send(moves);
      }
    };
    const due = honest.decide(await viewOf(chain)).moves.filter(isEnd);
    expect(due.map(({ kind }) => kind)).to.include("slash");
    await send(due);
    await send(honest.decide(await viewOf(chain)).moves.filter(isEnd));
    const afterSlash = await takeSnapshot();
    most = ASSERTIONS;
    await play();
    const assertions = [...(await viewOf(chain)).assertions.values()];
    expect(assertions.length).to.be.at.least(ASSERTIONS);

    await afterSlash.restore();
    made = 1;
    Object.assign(asked, { runs: 0, machines: 0 });
    honest.decide(await viewOf(chain));
    expect(asked.machines, "of a dispute that is over").to.equal(0);
    expect(asked.runs).to.be.at.least(1);

    await beforeSlash.restore();
    expect(
      honest
        .decide(await viewOf(chain))
        .moves.filter(isEnd)
        .map(({ kind }) => kind),
    ).to.deep.equal(due.map(({ kind }) => kind));
  });
});
