import { expect } from "chai";
import type { Interface } from "ethers";
import { halvesOf, updateStep, type OwnEdge, type Truth } from "../../../games/edges/truth";
import type { Move } from "../../../games/edges";
import type { Link } from "../../../games/edges/moves";
import { ETHER } from "../../../simulator/boards/setup";
import { Table } from "../../support/game/table";

const [HONEST, LIAR, NEWCOMER] = [0, 1, 2];
/** From a root edge of level 0 down to a leaf of level 2, at heights 1, 1, 1. */
const WAY = ["", "l", "lo", "lol", "lolo", "lolol"];
const DEPOSITED = 1000n * ETHER;

/** Who may move, for whom a move counts, and that of two parties at most one ever has a time that ends. */
describe("game: movers", () => {
  let table: Table;
  let lie: Truth;
  beforeEach(async () => {
    table = await Table.lay();
    lie = table.lie();
  });

  const way = (source: Truth): OwnEdge[] => WAY.map((path) => table.down(table.root(source), path, source));

  /** Timers of all edges on the way brought up, bottom first. */
  function updateAll(source: Truth): Move {
    const edges = way(source);
    const steps = edges
      .slice(0, -1)
      .map((edge, i) => updateStep(edge, edge.at.height > 0 ? halvesOf(edge) : [edges[i + 1]]));
    return { kind: "update", steps: steps.reverse() };
  }

  it("V14 lets the time of neither rival end at a disputed leaf, however long both wait, and a proof decides for one alone", async () => {
    const [leaf] = await table.contest(lie, ({ at }) => at.level === 2 && at.height === 0);
    const [mine, theirs] = [table.root(table.truth), table.root(lie)];
    const period = table.chain.parameters.challengePeriodSeconds;
    await table.at(50 * period);
    for (const source of [table.truth, lie]) await table.play(NEWCOMER, updateAll(source));
    for (const root of [mine, theirs]) {
      expect(await table.timer(root)).to.be.below(period);
      expect(await table.refusalOf(NEWCOMER, table.confirm(root))).to.equal("TimerTooLow");
    }
    // both can act still: there is no state in which the game is over for both
    await table.play(HONEST, table.prove(leaf, table.truth));
    for (const source of [table.truth, lie]) await table.play(NEWCOMER, updateAll(source));
    expect(await table.timer(mine)).to.be.at.least(period);
    expect(await table.timer(theirs)).to.be.below(period);
    expect(await table.refusalOf(LIAR, table.confirm(theirs))).to.equal("TimerTooLow");
    await table.play(NEWCOMER, table.confirm(mine));
    await table.at(200 * period);
    expect(await table.refusalOf(LIAR, table.confirm(theirs))).to.not.equal(null);
    await table.play(NEWCOMER, table.slash(theirs, mine));
    expect([await table.status(mine), await table.status(theirs)]).to.deep.equal(["confirmed", "slashed"]);
  });

  it("V12 V64 takes every move at once from one who sent nothing before, and gives and takes nobody else's", async () => {
    const { queue, addresses, accounts, parameters } = table.chain;
    const own = queue.connect(accounts[NEWCOMER]) as typeof queue;
    const [mine, theirs] = [table.root(table.truth), table.root(lie)];
    const [, myLeaf, myRoot1, myLeaf1, myRoot2, myLeaf2] = way(table.truth);
    const played = new Set<string>();
    /** What the others have, and what they staked: no move of the newcomer may make it less. */
    const othersHave = async (): Promise<bigint[]> => Promise.all([HONEST, LIAR].map((by) => table.balance(by)));

    async function move(make: Move): Promise<void> {
      const before = await othersHave();
      await table.play(NEWCOMER, make);
      played.add(make.kind);
      (await othersHave()).forEach((now, i) => expect(now >= before[i], `${make.kind}, account ${i}`).to.equal(true));
    }
    const stakerOf = async (edge: OwnEdge): Promise<string> => String((await queue.edge(edge.id)).staker).toLowerCase();

    await table.play(LIAR, table.assert(lie));
    await move(table.assert(table.truth));
    expect(await stakerOf(mine)).to.equal(addresses[NEWCOMER]);
    // the same assertion of another is the newcomer's still
    await table.play(HONEST, table.assert(table.truth));
    expect(await table.balance(HONEST)).to.equal(DEPOSITED);

    const edges = way(lie);
    await move(table.bisect(mine));
    await table.play(LIAR, table.bisect(theirs));
    await move(table.open(myLeaf, table.truth));
    await table.play(LIAR, table.open(edges[1], lie));
    await move(table.bisect(myRoot1));
    await table.play(LIAR, table.bisect(edges[2]));
    await move(table.open(myLeaf1, table.truth));
    await table.play(LIAR, table.open(edges[3], lie));
    await move(table.bisect(myRoot2));
    await table.play(LIAR, table.bisect(edges[4]));
    await move(table.prove(myLeaf2, table.truth));
    await table.at(parameters.challengePeriodSeconds);
    await move(updateAll(table.truth));
    for (const edge of [myRoot2, myRoot1, mine]) await move(table.confirm(edge));
    for (const [loser, winner] of [
      [edges[4], myRoot2],
      [edges[2], myRoot1],
      [theirs, mine],
    ])
      // prettier-ignore
      await move(table.slash(loser, winner));
    const firstLeaf = (edge: OwnEdge): Link[] => {
      const [left, right] = halvesOf(edge);
      return [{ left: left.root, right: right.root, isRight: false }];
    };
    let costs = 0n;
    for (const { maker, cost } of (await table.chain.replica()).edges.values())
      if (maker === addresses[NEWCOMER]) costs += cost;
    for (const edge of [mine, myRoot1, myRoot2])
      await move({ kind: "reward", at: edge.at, root: edge.root, way: firstLeaf(edge) });

    const [s0, s1, s2] = parameters.stakes;
    const all = s0 + s1 + s2;
    expect(await table.balance(NEWCOMER)).to.equal(DEPOSITED + costs);
    expect(await table.balance(LIAR)).to.equal(DEPOSITED - all);
    expect(await table.balance(HONEST)).to.equal(DEPOSITED);

    // two own assertions, parted by another's: one of both stakes comes back
    let parent = await table.parentAt(mine);
    const chain: OwnEdge[] = [];
    for (const by of [NEWCOMER, HONEST, NEWCOMER]) {
      await table.play(by, table.assert(table.truth, parent));
      chain.push(table.root(table.truth, parent));
      parent = await table.parentAt(chain.at(-1)!);
    }
    await move({ kind: "moveStake", from: chain[0].id, to: chain[2].id });
    expect(await table.balance(NEWCOMER)).to.equal(DEPOSITED + costs - s0);

    const calls = [() => own.deposit({ value: 5n }), () => own.multicall([]), () => own.withdraw(addresses[NEWCOMER])];
    for (const call of calls) {
      const before = await othersHave();
      await (await call()).wait();
      expect(await othersHave()).to.deep.equal(before);
    }
    expect(await table.balance(NEWCOMER)).to.equal(0n);
    ["deposit", "multicall", "withdraw"].forEach((name) => played.add(name));
    // nothing else changes state: no upload before a move, no call that settles for others
    const changing = (queue.interface as Interface).fragments
      .filter((fragment) => fragment.type === "function" && !("constant" in fragment && fragment.constant))
      .map((fragment) => (fragment as unknown as { name: string }).name);
    expect(changing.sort()).to.deep.equal([...played].sort());
  });
});
