import { expect } from "chai";
import { GarbageTruth } from "../../../simulator/truths/garbageTruth";
import { Table } from "../../support/game/table";

/** GAME.md points 1 to 4, 9, 11 to 13: who is whose rival, and what time that gives. */
describe("game: rivals and time", () => {
  let table: Table;
  beforeEach(async () => {
    table = await Table.lay();
  });

  it("V11 V15 gives a third edge at a place no time of its own, however long it stands, and takes it without a revert", async () => {
    const [truth, lie, late] = [table.truth, table.lie(), table.lie({ salt: 2 })];
    await table.at(0, [0, table.assert(truth)]);
    await table.at(50, [1, table.assert(lie)]);
    await table.at(90, [2, table.assert(late)]);
    await table.at(500);
    expect(await table.timer(table.root(truth))).to.equal(50);
    expect(await table.timer(table.root(lie))).to.equal(0);
    expect(await table.timer(table.root(late))).to.equal(0);
  });

  it("V15 gives neither of two rivals time when they come in one block", async () => {
    await table.at(0, [1, table.assert(table.lie())], [0, table.assert(table.truth)]);
    await table.at(400);
    expect(await table.timer(table.root(table.truth))).to.equal(0);
    expect(await table.timer(table.root(table.lie()))).to.equal(0);
  });

  it("V13 V19 confirms at exactly the challenge period, not a second before", async () => {
    const root = table.root(table.truth);
    const period = table.chain.parameters.challengePeriodSeconds;
    await table.at(0, [0, table.assert(table.truth)]);
    await table.at(period - 1);
    expect(await table.timer(root)).to.equal(period - 1);
    expect(await table.refusalOf(0, table.confirm(root))).to.equal("TimerTooLow");
    // Rivalled at the very second at which the period is over: it has earned it all the same, for ever.
    await table.at(period, [1, table.assert(table.lie())]);
    expect(await table.timer(root)).to.equal(period);
    await table.at(2 * period, [2, table.confirm(root)]);
    expect(await table.status(root)).to.equal("confirmed");
  });

  it("V13 lets a rival in the block of the confirmation come before it, and then not after", async () => {
    const root = table.root(table.truth);
    const period = table.chain.parameters.challengePeriodSeconds;
    await table.at(0, [0, table.assert(table.truth)]);
    const [, , after] = await table.chain.mineTogether(
      [
        { from: table.chain.accounts[1], moves: [table.assert(table.lie())] },
        { from: table.chain.accounts[0], moves: [table.confirm(root)] },
        { from: table.chain.accounts[2], moves: [table.assert(table.lie({ salt: 2 }))] },
      ],
      table.start + period,
    );
    expect(await table.status(root)).to.equal("confirmed");
    expect(after.status).to.equal(0);
    expect(await table.refusalOf(2, table.assert(table.lie({ salt: 2 })))).to.equal("AlreadyDecided");
    await table.play(0, table.slash(table.root(table.lie()), root));
    expect(await table.status(table.root(table.lie()))).to.equal("slashed");
  });

  it("V65 refuses to bisect without a rival, and bisects with one", async () => {
    const root = table.root(table.truth);
    await table.play(0, table.assert(table.truth));
    expect(await table.refusalOf(0, table.bisect(root))).to.equal("NotRivalled");
    await table.play(1, table.assert(table.lie()));
    expect(await table.refusalOf(0, table.bisect(root))).to.equal(null);
  });

  it("V65 refuses to open a leaf without a rival, and opens it with one", async () => {
    const lie = table.lie();
    const [mine, theirs] = [table.root(table.truth), table.root(lie)];
    await table.play(0, table.assert(table.truth));
    await table.play(1, table.assert(lie));
    await table.play(0, table.bisect(mine));
    const leaf = table.down(mine, "l", table.truth);
    expect(await table.refusalOf(0, table.open(leaf, table.truth))).to.equal("NotRivalled");
    await table.play(1, table.bisect(theirs));
    expect(await table.refusalOf(0, table.open(leaf, table.truth))).to.equal(null);
  });

  it("V02 calls halves behind different left halves no rivals, and equal ones different edges", async () => {
    const lie = table.lie({ run: 0 });
    await table.play(0, table.assert(table.truth));
    await table.play(1, table.assert(lie));
    await table.play(0, table.bisect(table.root(table.truth)));
    await table.play(1, table.bisect(table.root(lie)));
    const [mine, theirs] = [table.truth, lie].map((source) => table.down(table.root(source), "r", source));
    expect(mine.mutualId).to.not.equal(theirs.mutualId);
    const view = await table.chain.replica();
    expect(view.mutual(mine.mutualId)!.rivalledAt).to.equal(null);
    expect(view.mutual(theirs.mutualId)!.rivalledAt).to.equal(null);
    expect(table.down(table.root(lie), "l", lie).id).to.not.equal(
      theirs.id,
      "equal leaves at two places are two edges",
    );
    expect(table.down(table.root(lie), "l", lie).root).to.equal(theirs.root);
  });

  it("V02 merges what an adversary does for the honest party: nothing reverts, nobody pays twice", async () => {
    const lie = table.lie();
    const [mine, theirs] = [table.root(table.truth), table.root(lie)];
    const before = await table.balance(0);
    await table.play(1, table.assert(table.truth));
    await table.play(1, table.assert(lie));
    await table.play(1, table.bisect(mine));
    await table.play(1, table.bisect(theirs));
    const leaf = table.down(mine, "l", table.truth);
    await table.play(1, table.open(leaf, table.truth));
    // The honest party's whole batch, made before it saw any of this.
    await table.play(0, table.assert(table.truth), table.bisect(mine), table.open(leaf, table.truth));
    expect(await table.balance(0)).to.equal(before);
    const view = await table.chain.replica();
    expect(view.edge(mine.id)!.staker).to.equal(table.chain.addresses[1]);
  });

  it("V02 proves a step and confirms an edge again without an effect", async () => {
    const [mine] = await table.contest(table.lie(), ({ at }) => at.level === 2 && at.height === 0);
    await table.play(0, table.prove(mine, table.truth));
    const again = await table.play(1, table.prove(mine, table.truth));
    expect(again.logs).to.deep.equal([]);
    expect(await table.status(mine)).to.equal("proven");
  });

  it("V03 V05 takes the best of two claims on one leaf, not their sum", async () => {
    const lie = table.lie();
    const noise = new GarbageTruth(lie, [1, 1, 1], { level: 1, salt: 3 });
    const [mine, theirs] = [table.root(table.truth), table.root(lie)];
    await table.at(0, [0, table.assert(table.truth)], [1, table.assert(lie)]);
    await table.at(10, [0, table.bisect(mine)], [1, table.bisect(theirs)]);
    const leaf = table.down(theirs, "l", lie);
    await table.at(20, [1, table.open(leaf, lie)]);
    await table.at(50, [2, table.open(leaf, lie, noise)]);
    const claims = [lie, noise].map((source) => table.down(leaf, "o", source));
    const steps = claims.map(({ at, root }) => ({ place: leaf.at, first: leaf.root, second: root, origin: at.origin }));
    for (let i = 0; i < 3; i++) await table.play(1, { kind: "update", steps });
    expect(await table.timer(leaf)).to.equal(30);
    expect(await Promise.all(claims.map((claim) => table.timer(claim)))).to.deep.equal([30, 0]);
  });

  it("V04 V06 never lets a cached timer shrink, nor grow by what is not below", async () => {
    const lie = table.lie({ run: 1 });
    const [mine, theirs] = [table.root(table.truth), table.root(lie)];
    await table.at(0, [0, table.assert(table.truth)]);
    await table.at(40, [1, table.assert(lie)]);
    await table.at(50, [0, table.bisect(mine)]);
    await table.at(60, [1, table.bisect(theirs)]);
    const [left, right] = ["l", "r"].map((way) => table.down(mine, way, table.truth));
    const step = { place: mine.at, first: left.root, second: right.root, origin: left.at.prefix };
    await table.at(150, [2, { kind: "update", steps: [step] }]);
    // Left is shared and earns; right was rivalled ten seconds after it was made.
    expect(await table.timer(mine)).to.equal(40 + 10);
    await table.at(400, [2, { kind: "update", steps: [step] }]);
    expect(await table.timer(mine)).to.equal(50);
    expect(await table.refusalOf(2, { kind: "update", steps: [{ ...step, first: right.root }] })).to.equal(
      "EdgeNotFound",
    );
  });

  it("V17 saturates at infinity and stays there", async () => {
    const [mine, theirs] = await table.contest(table.lie(), ({ at }) => at.level === 2 && at.height === 0);
    await table.play(0, table.prove(mine, table.truth));
    expect(await table.timer(mine)).to.equal(2 ** 40 - 1);
    expect(await table.timer(theirs)).to.be.below(10);
    const above = table.down(table.root(table.truth), "lolo", table.truth);
    const [left, right] = ["l", "r"].map((way) => table.down(above, way, table.truth));
    await table.play(0, table.prove(right, table.truth));
    await table.play(1, {
      kind: "update",
      steps: [{ place: above.at, first: left.root, second: right.root, origin: above.at.prefix }],
    });
    expect(await table.timer(above)).to.equal(2 ** 40 - 1, "own time on top of infinity");
  });
});
