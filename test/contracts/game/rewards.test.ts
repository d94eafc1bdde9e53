import { setNextBlockBaseFeePerGas } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { HonestPlayer, type Move } from "../../../games/edges";
import { deployGame, type GameChain } from "../../../simulator/boards/contracts/chain";
import { ETHER } from "../../../simulator/boards/setup";
import { unbalanced } from "../../../simulator/invariants";
import { LyingTruth } from "../../../simulator/truths/lyingTruth";
import { ToyTruth } from "../../../simulator/truths/toy/truth";
import { expectNone } from "../../support/game/expectNone";
import { Table } from "../../support/game/table";

const [HONEST, LIAR, COPIER] = [0, 1, 2];
const HEIGHTS = [2, 2, 2] as const;
const RULES = { runSteps: 7 };
const WHOLE = 1000n * ETHER;

interface Outcome {
  /** By player: what its balance in the queue has grown by, and the base fees that its transactions burnt. Wei. */
  gained: bigint[];
  spent: bigint[];
  /** What the honest moves that changed something cost, as recorded. */
  chain: GameChain;
}

/** A dispute to the end in which one account sends some of the honest moves first, in the same block. */
async function playCopied(isCopied: (move: Move) => boolean): Promise<Outcome> {
  const chain = await deployGame({ heights: HEIGHTS, rules: RULES, players: 3 });
  const truth = new ToyTruth(RULES, HEIGHTS);
  const lie = new LyingTruth(truth, { run: 1, machine: 2, step: 1, salt: 1 });
  const from = chain.genesis;
  const players = [truth, lie, truth].map((source, i) => {
    const propose = ({ id }: { id: string }): boolean => i !== COPIER && id === from.id;
    return new HonestPlayer(source, { account: chain.addresses[i], from, propose });
  });
  const spent = [0n, 0n, 0n];
  const send = async (turns: [by: number, moves: Move[]][], seconds: number): Promise<void> => {
    const sent = turns.filter(([, moves]) => moves.length > 0);
    const now = (await chain.replica()).nowSeconds + seconds;
    const submissions = sent.map(([by, moves]) => ({ from: chain.accounts[by], moves }));
    const receipts = await chain.mineTogether(submissions, now);
    for (const [i, receipt] of receipts.entries()) {
      const block = (await receipt.provider.getBlock(receipt.blockNumber))!;
      spent[sent[i][0]] += receipt.gasUsed * block.baseFeePerGas!;
    }
  };
  for (let idle = 0; idle < 5;) {
    const view = await chain.replica();
    const plans = players.map((player) => player.decide(view).moves);
    const isSettling = ({ kind }: Move): boolean => ["update", "confirm", "slash", "reward"].includes(kind);
    const copied = [...plans[HONEST].filter(isCopied), ...plans[COPIER].filter(isSettling)];
    await send(
      [
        [COPIER, copied],
        [HONEST, plans[HONEST]],
        [LIAR, plans[LIAR]],
      ],
      1,
    );
    if (plans.some((moves, i) => (i === COPIER ? moves.some(isSettling) : moves.length > 0))) continue;
    idle++;
    await send([], chain.parameters.challengePeriodSeconds);
  }
  const view = await chain.replica();
  expectNone(unbalanced(view, 3n * WHOLE));
  const gained = [0, 1, 2].map((i) => view.balances.get(chain.addresses[i])! - WHOLE);
  return { gained, spent, chain };
}

describe("game: rewards go to those who made the moves", function () {
  this.timeout(240_000);

  const copiers: [string, (move: Move) => boolean][] = [
    ["nothing", () => false],
    ["what takes a stake", ({ kind }) => kind === "assertState" || kind === "open"],
    ["bisections and proofs", ({ kind }) => kind === "bisect" || kind === "proveStep"],
    ["everything", () => true],
  ];
  for (const [what, isCopied] of copiers)
    it(`V25 B7 a copier of ${what} gains less than it spends, and the honest party is paid for its own moves`, async () => {
      const { gained, spent, chain } = await playCopied(isCopied);
      const view = await chain.replica();
      expect(view.childrenOf(chain.genesis.id).some(({ id }) => view.edge(id)!.status === "confirmed")).to.equal(true);
      expect(gained[COPIER] < spent[COPIER] || spent[COPIER] === 0n).to.equal(true);
      expect(gained[COPIER] >= 0n, "its stakes have come back").to.equal(true);
      expect(gained[HONEST] < spent[HONEST]).to.equal(true);
      if (what !== "everything") expect(gained[HONEST] > 0n).to.equal(true);
      if (what !== "nothing") expect(gained[COPIER] > 0n).to.equal(true);
      const truth = [...view.edges.values()].filter(({ maker }) => maker === chain.addresses[HONEST]);
      for (const { cost, at } of truth) expect(cost, `level ${at.level}, height ${at.height}`).to.equal(0n);
      expect(gained[LIAR] < -ETHER).to.equal(true);
    });

  it("V25 pays from what the losers left, and keeps what a move cost until there is enough", async () => {
    const stakes = [2n * 10n ** 14n, 1n, 1n] as const;
    const table = await Table.lay({ stakes });
    const lies = [1, 2, 3].map((salt) => table.lie({ salt }));
    const root = table.root(table.truth);
    const { challengePeriodSeconds: period } = table.chain.parameters;
    await setNextBlockBaseFeePerGas(10n ** 9n);
    await table.at(0, [HONEST, table.assert(table.truth)]);
    await table.at(period, ...lies.map((lie): [number, Move] => [LIAR, table.assert(lie)]));
    await table.play(HONEST, table.confirm(root));
    const { cost } = (await table.chain.replica()).edge(root.id)!;
    expect(cost > stakes[0] / 2n && cost <= (stakes[0] / 2n) * 3n, `${cost}`).to.equal(true);
    const reward: Move = { kind: "reward", at: root.at, root: root.root, way: [] };
    let isPaid = false;
    for (const [i, lie] of lies.entries()) {
      await table.play(LIAR, table.slash(table.root(lie), root), reward);
      const left = (await table.chain.queue.rewardAt(root.mutualId)) as bigint;
      const whole = (stakes[0] / 2n) * BigInt(i + 1);
      isPaid ||= whole >= cost;
      expect(left).to.equal(isPaid ? whole - cost : whole);
    }
  });

  it("V07 pays below a winner alone, and down to what stands", async () => {
    const table = await Table.lay();
    const lie = table.lie();
    const [truth, lost] = [table.root(table.truth), table.root(lie)];
    await table.at(0, [HONEST, table.assert(table.truth)]);
    const refusal = (root: typeof truth, way: { left: `0x${string}`; right: `0x${string}`; isRight: boolean }[]) =>
      table.refusalOf(LIAR, { kind: "reward", at: root.at, root: root.root, way });
    expect(await refusal(truth, [])).to.equal("WrongStatus");
    expect(await refusal(lost, [])).to.equal("EdgeNotFound");
    await table.at(table.chain.parameters.challengePeriodSeconds + 1, [LIAR, table.assert(lie)]);
    await table.play(HONEST, table.confirm(truth));
    expect(await refusal(truth, [])).to.equal(null);
    expect(await refusal(lost, [])).to.equal("WrongStatus");
    const [left, right] = [table.down(truth, "l", table.truth), table.down(truth, "r", table.truth)];
    const down = { left: left.root, right: right.root, isRight: false };
    expect(await refusal(truth, [down])).to.equal("EdgeNotFound");
    await table.play(HONEST, table.bisect(truth));
    expect(await refusal(truth, [down])).to.equal(null);
    expect(await refusal(truth, [down, down]), "no claim of that leaf is confirmed").to.equal("EdgeNotFound");
    expect(await refusal(truth, [{ ...down, left: right.root }])).to.equal("RootMismatch");
  });

  it("V25 lets a stake move at most 1,024 times a challenge period", async () => {
    const table = await Table.lay({ challengePeriodSeconds: 20 * 1024 });
    await table.at(0, [HONEST, table.assert(table.truth)]);
    const [first] = (await table.chain.replica()).childrenOf(table.genesis.id);
    const parent = { id: first.id, outputRoot: first.outputRoot, inbox: first.childInbox };
    await table.at(19, [HONEST, table.assert(table.truth, parent)]);
    expect(await table.balance(HONEST), "too early: a stake of its own").to.equal(WHOLE - 32n * ETHER);
    const second = table.root(table.truth, parent).id;
    await table.at(1000);
    expect(await table.refusalOf(HONEST, { kind: "moveStake", from: parent.id, to: second })).to.equal(
      "StakeNotMovable",
    );
    const other = await Table.lay({ challengePeriodSeconds: 20 * 1024 });
    await other.at(0, [HONEST, other.assert(other.truth)]);
    const [again] = (await other.chain.replica()).childrenOf(other.genesis.id);
    const on = { id: again.id, outputRoot: again.outputRoot, inbox: again.childInbox };
    await other.at(20, [HONEST, other.assert(other.truth, on)]);
    expect(await other.balance(HONEST), "in time: one stake for both").to.equal(WHOLE - 16n * ETHER);
  });
});
