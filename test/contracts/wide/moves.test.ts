import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { ZERO_HASH } from "../../../protocol";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import type { Ground } from "./sides";
import { calls, ETHER, inboxOf, quarter, STAKES, WideTable, wideParameters, type Call } from "./table";
import { leafOf, quarterOf, wayTo } from "./trees";

const GROUND: Ground = { heights: [2, 1, 1], rules: { runSteps: 11 }, inbox: inboxOf(9) };
const LIE = { run: 6, machine: 1, step: 2, salt: 1 };

async function laid() {
  const table = await WideTable.lay(GROUND);
  const [truth, lie] = [table.side(), table.side(LIE)];
  const [mine, theirs] = [truth.root, lie.root];
  return { table, truth, lie, mine, theirs };
}

async function staked() {
  const all = await laid();
  await all.table.must(0, calls.stake(all.truth));
  await all.table.must(1, calls.stake(all.lie));
  return all;
}

/** Both sides have come down to the leaf of level 0 at which they differ. */
async function atLeaf() {
  const all = await staked();
  const { table, truth, lie, mine, theirs } = all;
  await table.must(0, calls.split(mine));
  await table.must(1, calls.split(theirs, mine));
  await table.must(0, calls.split(quarterOf(mine, 1)));
  await table.must(1, calls.split(quarterOf(theirs, 1), quarterOf(mine, 1)));
  const [leaf, falseLeaf] = [leafOf(mine, LIE.run), leafOf(theirs, LIE.run)];
  return { ...all, leaf, falseLeaf, claim: truth.claim(leaf, null), falseClaim: lie.claim(falseLeaf, null) };
}

/** Both sides have come down to the single step at which they differ. */
async function atStep() {
  const all = await atLeaf();
  const { table, truth, lie } = all;
  let [claim, falseClaim] = [all.claim, all.falseClaim];
  const claims = [claim];
  await table.must(0, calls.open(claim, truth));
  await table.must(1, calls.open(falseClaim, lie));
  await table.must(0, calls.split(claim.edge));
  await table.must(1, calls.split(falseClaim.edge, claim.edge));
  [claim, falseClaim] = [
    truth.claim(leafOf(claim.edge, LIE.machine), claim),
    lie.claim(leafOf(falseClaim.edge, LIE.machine), falseClaim),
  ];
  await table.must(0, calls.open(claim, truth));
  await table.must(1, calls.open(falseClaim, lie));
  await table.must(0, calls.split(claim.edge));
  await table.must(1, calls.split(falseClaim.edge, claim.edge));
  return { ...all, claims: [...claims, claim], falseClaims: [all.falseClaim, falseClaim] };
}

/** A call with one argument exchanged. */
const exchanged = ({ name, args }: Call, index: number, value: unknown): Call => ({
  name,
  args: args.map((arg, i) => (i === index ? value : arg)),
});

describe("Four quarters: the moves", () => {
  it("stakes a root once, marks its place at the second, and refuses what does not end so", async () => {
    const { table, truth, lie, mine } = await loadFixture(laid);
    const call = calls.stake(truth);
    expect(await table.play(0, exchanged(call, 3, []))).to.equal("WrongLength");
    expect(await table.play(0, exchanged(call, 2, ZERO_HASH))).to.equal("RootMismatch");
    expect(await table.play(3, call)).to.equal("InsufficientBalance");
    await table.must(0, call);
    await table.must(0, call);
    expect(await table.wide.balanceOf(table.addresses[0])).to.equal(1000n * ETHER - STAKES[0]);
    expect((await table.wide.mutual(mine.place)).rivalry).to.equal(1n);
    await table.must(1, calls.stake(lie));
    const { rivalry, rivalledAt } = await table.wide.mutual(mine.place);
    expect([rivalry, Number(rivalledAt)]).to.deep.equal([2n, await time.latest()]);
    const root = await table.wide.rootOf(mine.rootId);
    expect([root.status, root.staker.toLowerCase()]).to.deep.equal([1n, table.addresses[0]]);
    expect(await table.wide.timerOf(mine.rootId, mine.place)).to.equal(rivalledAt - root.created);
  });

  it("splits a root that is rivalled, and marks where an answer differs first", async () => {
    const { table, truth, lie, mine, theirs } = await loadFixture(laid);
    expect(await table.play(0, calls.split(mine))).to.equal("EdgeNotFound");
    await table.must(0, calls.stake(truth));
    expect(await table.play(0, calls.split(mine))).to.equal("NotRivalled");
    await table.must(1, calls.stake(lie));
    const call = calls.split(mine);
    expect(await table.play(0, exchanged(call, 2, theirs.quarters!.slice(1)))).to.equal("WrongLength");
    expect(await table.play(0, calls.split(mine, theirs))).to.equal("NotSplit");
    await table.must(0, call);
    const first = await table.wide.shown(mine.id);
    expect([Number(first.created), first.maker.toLowerCase()]).to.deep.equal([await time.latest(), table.addresses[0]]);
    expect(first.cost).to.be.greaterThan(0n);
    expect(await table.play(0, calls.split(mine, mine))).to.equal("SameEdge");
    await table.must(1, call);
    expect(await table.wide.shown(mine.id)).to.deep.equal(first);
    await table.must(1, calls.split(theirs, mine));
    const rivalled = [0, 1, 2, 3].map((digit) => table.wide.mutual(quarterOf(mine, digit).place));
    expect((await Promise.all(rivalled)).map(({ rivalry }) => rivalry)).to.deep.equal([0n, 2n, 0n, 0n]);
  });

  it("marks by hand what nobody did, once, and only where two split edges first differ", async () => {
    const { table, mine, theirs } = await loadFixture(staked);
    await table.must(0, calls.split(mine));
    expect(await table.play(2, calls.mark(mine, theirs))).to.equal("NotSplit");
    expect(await table.play(2, calls.mark(theirs, mine))).to.equal("NotSplit");
    expect(await table.play(2, calls.mark(mine, mine))).to.equal("SameEdge");
    await table.must(1, calls.split(theirs));
    expect(await table.play(0, calls.split(quarterOf(mine, 1)))).to.equal("NotRivalled");
    await table.must(2, calls.mark(theirs, mine));
    const { place } = quarterOf(mine, 1);
    const marked = await table.wide.mutual(place);
    expect(Number(marked.rivalledAt)).to.equal(await time.latest());
    await table.must(2, calls.mark(mine, theirs));
    expect(await table.wide.mutual(place)).to.deep.equal(marked);
    await table.must(0, calls.split(quarterOf(mine, 1)));
  });

  it("marks the place of a quarter and splits it, in one call", async () => {
    const { table, mine, theirs } = await loadFixture(staked);
    await table.must(0, calls.split(mine));
    expect(await table.play(0, calls.split(quarterOf(mine, 1), null, theirs))).to.equal("NotSplit");
    await table.must(1, calls.split(theirs));
    const call = calls.split(quarterOf(mine, 1), null, theirs);
    expect(await table.play(0, exchanged(call, 1, [ZERO_HASH]))).to.equal("WrongLength");
    expect(await table.play(0, calls.split(quarterOf(mine, 0), null, theirs))).to.equal("NotRivalled");
    await table.must(0, call);
    expect(Number((await table.wide.mutual(quarterOf(mine, 1).place)).rivalledAt)).to.equal(await time.latest());
    expect(Number((await table.wide.shown(quarterOf(mine, 1).id)).created)).to.equal(await time.latest());
  });

  it("splits a quarter, and refuses what is none or has none", async () => {
    const { table, mine, theirs } = await loadFixture(staked);
    const edge = quarterOf(mine, 1);
    const call = calls.split(edge);
    expect(await table.play(0, call)).to.equal("NotSplit");
    await table.must(0, calls.split(mine));
    await table.must(1, calls.split(theirs, mine));
    expect(await table.play(0, exchanged(call, 0, { ...quarter(edge), digit: 4 }))).to.equal("NoSuchQuarter");
    expect(await table.play(0, exchanged(call, 2, mine.quarters))).to.equal("RootMismatch");
    expect(await table.play(0, calls.split(quarterOf(mine, 0)))).to.equal("NotRivalled");
    await table.must(0, call);
    await table.must(1, calls.split(quarterOf(theirs, 1), edge));
    const leaf = leafOf(mine, LIE.run);
    const low = { ...quarter(leaf), parent: { ...edge.at, height: 0 } };
    expect(await table.play(0, exchanged(call, 0, low))).to.equal("NothingToBisect");
    expect(await table.play(0, { name: "mark", args: [low.parent, edge.quarters, edge.quarters] })).to.equal(
      "NotSplit",
    );
  });

  it("opens a rivalled leaf, and refuses each false word", async () => {
    const { table, truth, claim, leaf, lie, falseClaim } = await loadFixture(atLeaf);
    const call = calls.open(claim, truth);
    const { origin, before } = claim.above;
    const [high, other] = [quarter(quarterOf(truth.root, 1)), quarter(leafOf(truth.root, 5))];
    const refused: [string, number, unknown][] = [
      ["WrongLevel", 0, { ...quarter(leaf), parent: { ...leaf.parent!.at, level: 2 } }],
      ["WrongHeight", 0, high],
      ["OriginMismatch", 1, { ...origin, start: ZERO_HASH }],
      ["InboxMismatch", 3, inboxOf(3)],
      ["BeforeMismatch", 2, { ...before, state: ZERO_HASH }],
      ["WrongLength", 2, { ...before, path: [ZERO_HASH] }],
      ["ResultMismatch", 5, falseClaim.last],
      ["RootMismatch", 4, ZERO_HASH],
      ["WrongLength", 6, []],
    ];
    for (const [error, index, value] of refused)
      expect(await table.play(0, exchanged(call, index, value)), error).to.equal(error);
    const fifth = truth.claim(leafOf(truth.root, 5), null);
    expect(await table.play(0, exchanged(calls.open(fifth, truth), 0, other))).to.equal("NotRivalled");
    expect(await table.play(3, call)).to.equal("InsufficientBalance");
    await table.must(0, call);
    await table.must(1, calls.open(falseClaim, lie));
    expect((await table.wide.mutual(claim.edge.place)).rivalry).to.equal(2n);
    expect((await table.wide.rootOf(claim.edge.rootId)).status).to.equal(1n);
  });

  it("proves a step, and refuses another", async () => {
    const { table, truth, lie, claims, falseClaims } = await loadFixture(atStep);
    const call = calls.prove(claims[1], LIE.step, truth);
    expect(await table.play(0, calls.prove(falseClaims[1], LIE.step, lie))).to.equal("StepMismatch");
    expect(await table.play(0, exchanged(call, 0, quarter(leafOf(claims[0].edge, 1))))).to.equal("WrongLevel");
    const leaf = leafOf(claims[1].edge, LIE.step);
    const high = { ...quarter(leaf), parent: { ...leaf.parent!.at, height: 2 } };
    expect(await table.play(0, exchanged(call, 0, high))).to.equal("WrongHeight");
    expect(await table.play(0, exchanged(calls.open(claims[1], truth), 5, "0x00"))).to.equal("WrongLength");
    await table.must(0, call);
    const proven = await table.wide.shown(leaf.id);
    expect([proven.status, proven.timer]).to.deep.equal([2n, 2n ** 40n - 1n]);
    await table.must(1, call);
    expect(await table.wide.shown(leaf.id)).to.deep.equal(proven);
  });

  it("adds times up: own and the least of four, own and a claim's", async () => {
    const { table, truth, claims, mine, leaf } = await loadFixture(atStep);
    await table.must(0, calls.prove(claims[1], LIE.step, truth));
    const fresh = quarterOf(mine, 0);
    expect(await table.play(0, { name: "updateQuarter", args: [quarter(fresh), fresh.quarters] })).to.equal("NotSplit");
    expect(await table.play(0, { name: "updateRoot", args: [mine.at, fresh.quarters] })).to.equal("EdgeNotFound");
    expect(await table.play(0, calls.update(leafOf(claims[1].edge, 0), claims[1]))).to.equal("WrongLevel");
    expect(await table.play(0, calls.update(leaf, claims[1]))).to.equal("EdgeNotFound");
    const bare = { name: "updateQuarter", args: [quarter(leaf), leaf.parent!.quarters] };
    expect(await table.play(0, bare)).to.equal("RootMismatch");
    await time.increase(1000);
    await table.must(0, calls.update(claims[1].edge));
    const split = await table.wide.shown(claims[1].edge.id);
    const root = await table.wide.rootOf(claims[1].edge.rootId);
    const { rivalledAt } = await table.wide.mutual(claims[1].edge.place);
    const below = (await time.latest()) - Number(split.created);
    expect(Number(root.timer)).to.equal(Number(rivalledAt) - Number(root.created) + below);
    const claimed = leafOf(claims[0].edge, LIE.machine);
    await table.must(0, calls.update(claimed, claims[1]));
    const marked = await table.wide.mutual(claimed.place);
    const parent = await table.wide.shown(claims[0].edge.id);
    expect((await table.wide.shown(claimed.id)).timer).to.equal(marked.rivalledAt - parent.created + root.timer);
  });

  it("confirms what has earned the period, slashes its rivals and pays for the moves below", async () => {
    const all = await loadFixture(atStep);
    const { table, truth, lie, claims, falseClaims, mine, theirs, leaf } = all;
    await table.must(0, calls.prove(claims[1], LIE.step, truth));
    expect(await table.play(0, calls.confirm(mine))).to.equal("TimerTooLow");
    expect(await table.play(0, calls.confirm(quarterOf(mine, 1)))).to.equal("EdgeNotFound");
    await time.increase(table.periodSeconds);
    const low = leafOf(claims[0].edge, LIE.machine);
    const updates = [
      ...[calls.update(claims[1].edge), calls.update(low, claims[1]), calls.update(claims[0].edge)],
      ...[calls.update(leaf, claims[0]), calls.update(leaf.parent!), calls.update(mine)],
    ];
    for (const call of updates) await table.must(0, call);
    for (const edge of [mine, claims[0].edge, claims[1].edge]) await table.must(2, calls.confirm(edge));
    const losers = [theirs, falseClaims[0].edge, falseClaims[1].edge];
    expect(await table.play(2, calls.slash(losers[1], mine))).to.equal("NotRivals");
    expect(await table.play(2, calls.slash(mine, theirs))).to.equal("WrongStatus");
    expect(await table.play(2, calls.confirm(theirs))).to.equal("AlreadyDecided");
    for (const [i, winner] of [mine, claims[0].edge, claims[1].edge].entries())
      await table.must(2, calls.slash(losers[i], winner));
    expect(await table.wide.burnt()).to.equal(STAKES.reduce((sum, stake) => sum + stake / 2n, 0n));
    expect(await table.play(2, calls.slash(losers[0], mine))).to.not.be.a("string");
    const late = table.side({ ...LIE, salt: 2 });
    expect(await table.play(1, calls.stake(late))).to.equal("AlreadyDecided");
    expect(await table.wide.balanceOf(table.addresses[0])).to.equal(1000n * ETHER);
    expect(await table.wide.balanceOf(table.addresses[1])).to.equal(
      1000n * ETHER - STAKES.reduce((sum, stake) => sum + stake),
    );
    expect(lie.root.rootId).to.equal(theirs.rootId);
  });

  it("pays each move once, to whoever made it, and no more than is left", async () => {
    const all = await loadFixture(atLeaf);
    const { table, truth, claim, mine, theirs, leaf } = all;
    await table.must(2, calls.open(claim, truth));
    const way = [
      { roots: mine.quarters, digit: 1 },
      { roots: leaf.parent!.quarters, digit: 2 },
    ];
    expect(await table.play(2, calls.reward(mine, way))).to.equal("WrongStatus");
    await time.increase(2 * table.periodSeconds);
    for (const call of [calls.update(leaf, claim), calls.update(leaf.parent!), calls.update(mine)])
      await table.must(0, call);
    await table.must(0, calls.confirm(mine));
    await table.must(0, calls.slash(theirs, mine));
    const pot = await table.wide.rewardAt(mine.place);
    expect(pot).to.equal(STAKES[0] / 2n);
    expect(await table.play(2, calls.reward(mine, [{ roots: mine.quarters, digit: 4 }]))).to.equal("NoSuchQuarter");
    expect(await table.play(2, calls.reward(mine, [{ roots: theirs.quarters, digit: 0 }]))).to.equal("RootMismatch");
    const down = [...way, { roots: [claim.edge.at.origin, claim.edge.root, ZERO_HASH, ZERO_HASH], digit: 0 }];
    expect(await table.play(2, calls.reward(mine, down))).to.equal("WrongStatus");
    await table.must(0, calls.confirm(claim.edge));
    const before = await table.wide.balanceOf(table.addresses[0]);
    const costs = await Promise.all([mine, leaf.parent!].map(async ({ id }) => (await table.wide.shown(id)).cost));
    costs.push((await table.wide.rootOf(mine.rootId)).cost);
    const opened = (await table.wide.rootOf(claim.edge.rootId)).cost;
    await table.must(1, calls.reward(mine, down));
    await table.must(1, calls.reward(mine, down));
    const paid = costs.reduce((sum, cost) => sum + cost);
    expect(await table.wide.balanceOf(table.addresses[0])).to.equal(before + paid);
    expect(await table.wide.rewardAt(mine.place)).to.equal(pot - paid - opened);
    expect(await table.wide.balanceOf(table.addresses[2])).to.equal(1000n * ETHER + opened);
    expect(wayTo(mine, LIE.run)).to.have.length(3);
  });

  it("refuses parameters under which a lie could win", async () => {
    await compileOnce();
    const anyone = "0x0000000000000000000000000000000000000001";
    const good = wideParameters(GROUND, anyone);
    const factory = await hre.ethers.getContractFactory("ToyWide");
    const bad = [
      { heights: [0, 1, 1] as const },
      { heights: [21, 1, 1] as const },
      { stakes: [1n, 0n, 1n] as const },
      { responseTime: 0 },
      { challengePeriod: good.challengePeriod - 1 },
      { challengePeriod: 2 ** 32 },
      { censorshipTime: 1 },
    ];
    for (const change of bad)
      await expect(factory.deploy({ ...good, ...change })).to.be.revertedWithCustomError(factory, "BadParameter");
    const wide = await hre.ethers.deployContract("ToyWide", [good]);
    for (const read of ["heightOf", "stakeOf"])
      await expect(wide.getFunction(read)(3)).to.be.revertedWithCustomError(wide, "WrongLevel");
    expect(await Promise.all([wide.heightOf(0), wide.stakeOf(2)])).to.deep.equal([2n, STAKES[2]]);
  });
});
