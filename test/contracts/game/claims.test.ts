import { expect } from "chai";
import { ZERO_HASH } from "../../../protocol";
import type { OpenMove, ProveStepMove } from "../../../games/edges/moves";
import type { OwnEdge } from "../../../games/edges/truth";
import { fakeMachine, garbage } from "../../../simulator/truths/lyingTruth";
import { GarbageTruth } from "../../../simulator/truths/garbageTruth";
import { Table } from "../../support/game/table";

/** GAME.md points 5 to 8 and 10, 19: what a root edge may claim, and the state before a leaf. */
describe("game: claims and agreed states", () => {
  describe("a root below a leaf", () => {
    let table: Table;
    let mine: OwnEdge;
    let theirs: OwnEdge;
    beforeEach(async () => {
      table = await Table.lay();
      [mine, theirs] = await table.contest(table.lie(), ({ at }) => at.level === 0 && at.height === 0);
    });

    it("V03 refuses the honest history under the wrong leaf, at levels 0 and 1", async () => {
      const lie = table.lie();
      expect(await table.refusalOf(1, table.open(theirs, lie, table.truth))).to.equal("ResultMismatch");
      await table.play(0, table.open(mine, table.truth));
      await table.play(1, table.open(theirs, lie));
      const [low, wrong] = [table.down(mine, "o", table.truth), table.down(theirs, "o", lie)];
      await table.play(0, table.bisect(low));
      await table.play(1, table.bisect(wrong));
      const [a, b] = [table.down(low, "l", table.truth), table.down(wrong, "l", lie)];
      expect(await table.refusalOf(1, table.open(b, lie, table.truth))).to.equal("RootMismatch");
      expect(await table.refusalOf(0, table.open(a, table.truth))).to.equal(null);
    });

    it("V03 gives no time of a claim to another leaf", async () => {
      await table.play(0, table.open(mine, table.truth));
      const below = table.down(mine, "o", table.truth);
      const stolen = { place: theirs.at, first: theirs.root, second: below.root, origin: below.at.origin };
      expect(await table.refusalOf(1, { kind: "update", steps: [stolen] })).to.equal("EdgeNotFound");
      expect(
        await table.refusalOf(0, { kind: "update", steps: [{ ...stolen, place: mine.at, first: mine.root }] }),
      ).to.equal(null);
    });

    it("V62 takes a wrong history with the right end as a rival of the true one, at levels 1 and 2", async () => {
      for (const level of [1, 2] as const) {
        const fresh = await Table.lay();
        const noise = new GarbageTruth(fresh.truth, [1, 1, 1], { level, salt: 5 });
        await fresh.contest(fresh.lie(), ({ at }) => at.level === level - 1 && at.height === 0);
        const leaf = fresh.down(fresh.root(fresh.truth), level === 1 ? "l" : "lol", fresh.truth);
        await fresh.play(2, fresh.open(leaf, fresh.truth, noise));
        await fresh.play(0, fresh.open(leaf, fresh.truth));
        const rival = fresh.down(leaf, "o", noise);
        expect((await fresh.chain.replica()).mutual(rival.mutualId)!.rivalledAt).to.not.equal(null);
        expect(rival.root).to.not.equal(fresh.down(leaf, "o", fresh.truth).root);
      }
    });

    it("V08 refuses a garbage root, and takes one whose right spine is known", async () => {
      const move = table.open(theirs, table.lie()) as OpenMove;
      expect(await table.refusalOf(1, { ...move, root: garbage(1) })).to.equal("RootMismatch");
      const noise = new GarbageTruth(table.lie(), [1, 1, 1], { level: 1, salt: 5 });
      expect(await table.refusalOf(1, table.open(theirs, table.lie(), noise))).to.equal(null);
      expect(await table.refusalOf(1, { ...move, spine: [] })).to.equal("WrongLength");
      expect(await table.refusalOf(1, { ...move, spine: [...move.spine, ZERO_HASH] })).to.equal("WrongLength");
    });

    it("V29 V33 takes no machine that does not yield the leaf, whatever it says of itself", async () => {
      const move = table.open(theirs, table.lie()) as OpenMove;
      expect(await table.refusalOf(1, { ...move, last: fakeMachine(table.genesis, garbage(1)).bytes })).to.equal(
        "ResultMismatch",
      );
      expect(await table.refusalOf(1, { ...move, last: `${move.last}00` })).to.equal("BadWitness");
      const other = fakeMachine(table.genesis, theirs.root, 9);
      expect(await table.refusalOf(1, { ...move, last: other.bytes })).to.equal("RootMismatch");
    });

    it("V10 V18 refuses levels and heights that have no such move", async () => {
      const move = table.open(mine, table.truth) as OpenMove;
      expect(await table.refusalOf(0, { ...move, at: { ...mine.at, height: 1 } })).to.equal("WrongHeight");
      expect(await table.refusalOf(0, { ...move, at: { ...mine.at, level: 2 } })).to.equal("WrongLevel");
      expect(await table.refusalOf(0, table.bisect({ ...table.root(table.truth), at: { ...mine.at } }))).to.equal(
        "NothingToBisect",
      );
      expect(await table.refusalOf(0, { ...move, leaf: garbage(1) })).to.equal("EdgeNotFound");
      const confirm = { kind: "confirm", at: mine.at, root: mine.root } as const;
      expect(await table.refusalOf(0, confirm)).to.equal("NotStaked");
    });
  });

  it("V63 takes a wrong history with the right last leaf as a rival of the true one, at level 0", async () => {
    const table = await Table.lay();
    const detour = table.lie({ until: 1, salt: 2 });
    expect(detour.runs(table.genesis).output).to.deep.equal(table.truth.runs(table.genesis).output);
    await table.play(0, table.assert(table.truth));
    await table.play(1, table.assert(detour));
    expect((await table.chain.replica()).mutual(table.root(detour).mutualId)!.rivalledAt).to.not.equal(null);
  });

  describe("the agreed state before a leaf", () => {
    const heights = [1, 1, 4] as const;
    // Leaf 0, leaf 1, a power of two, an odd one, the last.
    for (const step of [0, 1, 8, 11, 15])
      it(`V61 V62 proves the step of leaf ${step}, and from no other state`, async () => {
        const table = await Table.lay({ heights, rules: { runSteps: 30 } });
        const lie = table.lie({ machine: 0, step });
        const [mine, theirs] = await table.contest(lie, ({ at }) => at.level === 2 && at.height === 0);
        expect(mine.at.index).to.equal(step);
        const move = table.prove(mine, table.truth) as ProveStepMove;
        const { before } = move;
        const refused = async (change: object) => table.refusalOf(1, { ...move, before: { ...before, ...change } });
        expect(await refused({ path: [...before.path, ZERO_HASH] })).to.equal("WrongLength");
        if (before.path.length > 0) expect(await refused({ path: before.path.slice(1) })).to.equal("WrongLength");
        expect(await refused({ state: garbage(1) })).to.equal("BeforeMismatch");
        expect(await refused({ prefix: garbage(2) })).to.equal("BeforeMismatch");
        if (before.path.length > 0) {
          // A sibling of another prefix: the same leaf numbers in a history that differs to the left.
          const path = [garbage(3), ...before.path.slice(1)];
          expect(await refused({ path })).to.equal("BeforeMismatch");
        }
        expect(await table.refusalOf(1, { ...move, at: theirs.at, root: theirs.root })).to.equal("StepMismatch");
        expect(await table.refusalOf(1, { ...move, witness: `${move.witness}00` })).to.equal("BadWitness");
        expect(await table.refusalOf(1, { ...move, origin: { ...move.origin, start: garbage(4) } })).to.equal(
          "OriginMismatch",
        );
        expect(await table.refusalOf(1, { ...move, inbox: { ...move.inbox, batchCount: 3 } })).to.equal(
          "InboxMismatch",
        );
        await table.play(2, move);
        expect(await table.status(mine)).to.equal("proven");
      });
  });

  describe("the kinds of runs", () => {
    const cases: [string, { runSteps: number; trapAt?: number; spinAt?: number }, number, number][] = [
      ["a run that ends", { runSteps: 3 }, 0, 0],
      ["an idle run", { runSteps: 3 }, 1, 0],
      ["the padding behind a halted machine", { runSteps: 2 }, 0, 1],
      ["a trapped run", { runSteps: 3, trapAt: 0 }, 0, 0],
      ["a run after the zero root", { runSteps: 3, trapAt: 0 }, 1, 0],
      ["a run that never halts", { runSteps: 3, spinAt: 0 }, 0, 1],
    ];
    for (const [what, rules, run, machine] of cases)
      for (const step of [0, 1])
        it(`V61 V62 proves ${what}, leaf ${machine}/${step}`, async () => {
          const table = await Table.lay({ rules, batches: 1 });
          const lie = table.lie({ run, machine, step });
          const [mine] = await table.contest(lie, ({ at }) => at.level === 2 && at.height === 0);
          expect([mine.of.run, mine.of.segment, mine.at.index]).to.deep.equal([run, machine, step]);
          await table.play(0, table.prove(mine, table.truth));
          expect(await table.status(mine)).to.equal("proven");
        });
  });
});
