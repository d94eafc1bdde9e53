import { expect } from "chai";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { Random } from "../../../simulator/random";
import { WideModel } from "./model";
import type { Claim, Ground, Side } from "./sides";
import { calls, inboxOf, WideTable, type Call } from "./table";
import { wayTo, type Edge } from "./trees";

const GROUND: Ground = { heights: [2, 1, 1], rules: { runSteps: 11 }, inbox: inboxOf(9) };
const LIES = [
  { run: 6, machine: 1, step: 2, salt: 1 },
  { run: 5, machine: 1, step: 2, salt: 2 },
  { run: 6, machine: 2, step: 1, salt: 1 },
];
const SEEDS = [1, 2, 3];
const MOVES = 150;

/** A move on both boards. */
interface Both {
  call: Call;
  onPaper: (model: WideModel) => string | null;
}

/** A side's trees: its own assertion and what claims a leaf below it, with the leaf at which it is disputed. */
interface Tree {
  side: Side;
  claim: Claim | null;
  root: Edge;
  way: Edge[];
}

function treesOf(table: WideTable): Tree[] {
  const truth = table.side();
  return LIES.flatMap((lie) =>
    [truth, table.side(lie)].flatMap((side) => {
      const trees: Tree[] = [{ side, claim: null, root: side.root, way: wayTo(side.root, lie.run) }];
      for (const index of [lie.machine, lie.step]) {
        const { claim, way } = trees.at(-1)!;
        const next = side.claim(way.at(-1)!, claim);
        trees.push({ side, claim: next, root: next.edge, way: wayTo(next.edge, index) });
      }
      return trees;
    }),
  );
}

/** Any move of the many, the refused ones too. */
function anyMove(random: Random, trees: readonly Tree[]): Both {
  const { side, claim, root, way } = random.pick(trees);
  const edge = random.pick(way.slice(0, -1));
  const [a, b] = [random.pick(trees), random.pick(trees)].map((tree) => random.pick(tree.way.slice(0, -1)));
  const peers = trees.flatMap((tree) => tree.way.filter(({ place, quarters }) => place === edge.place && quarters));
  const other = random.pick([null, ...peers]);
  const below = trees.filter((tree) => tree.claim?.leaf.id === way.at(-1)!.id);
  const leaf = way.at(-1)!;
  const moves: Both[] = [
    { call: calls.split(edge, other), onPaper: (on) => on.split(edge, other) },
    { call: calls.update(edge), onPaper: (on) => on.update(edge, null) },
    claim === null
      ? { call: calls.stake(side), onPaper: (on) => on.stake(root, null) }
      : { call: calls.open(claim, side), onPaper: (on) => on.stake(root, claim.leaf) },
  ];
  if (a.place === b.place) moves.push({ call: calls.mark(a, b), onPaper: (on) => on.mark(a, b) });
  for (const { root: claimant, claim: by } of below)
    moves.push({ call: calls.update(leaf, by), onPaper: (on) => on.update(leaf, claimant) });
  if (root.at.level === 2 && side.lie === null)
    moves.push({ call: calls.prove(claim!, leaf.at.index, side), onPaper: (on) => on.prove(leaf) });
  return random.pick(moves);
}

/** Of many draws, one that makes something, if there is; else the last. */
function freshMove(random: Random, trees: readonly Tree[], model: WideModel): Both {
  let move = anyMove(random, trees);
  for (let draws = 0; draws < 60 && !isFresh(move, model); draws++) move = anyMove(random, trees);
  return move;
}

function isFresh({ onPaper }: Both, model: WideModel): boolean {
  const after = model.copy();
  return onPaper(after) === null && sizeOf(after) > sizeOf(model);
}

function sizeOf({ roots, shown, mutuals }: WideModel): number {
  return roots.size + shown.size + [...mutuals.values()].filter(({ isRivalled }) => isRivalled).length;
}

async function expectEqual({ wide }: WideTable, model: WideModel, trees: readonly Tree[]): Promise<void> {
  for (const { root, way } of trees) {
    const { created, timer } = await wide.rootOf(root.rootId);
    const known = model.roots.get(root.rootId) ?? { created: 0, timer: 0 };
    expect([Number(created), Number(timer)], `root of level ${root.at.level}`).to.deep.equal([
      known.created,
      known.timer,
    ]);
    for (const { id, place, at } of way) {
      const [shown, mutual] = [await wide.shown(id), await wide.mutual(place)];
      const paper = model.shown.get(id) ?? { created: 0, timer: 0 };
      const { isRivalled, rivalledAt } = model.mutuals.get(place) ?? { isRivalled: false, rivalledAt: 0 };
      expect(
        [shown.created, shown.timer, mutual.rivalry === 2n ? 1 : 0, mutual.rivalledAt].map(Number),
        `height ${at.height}, level ${at.level}`,
      ).to.deep.equal([paper.created, paper.timer, Number(isRivalled), rivalledAt]);
    }
  }
}

const laid = (): Promise<WideTable> => WideTable.lay(GROUND);

describe("Four quarters: the model", () => {
  for (const seed of SEEDS)
    it(`equals the contract move by move, seed ${seed}`, async () => {
      const table = await loadFixture(laid);
      const [random, trees, model] = [new Random(seed), treesOf(table), new WideModel()];
      const answers = new Map<string, number>();
      for (let i = 0; i < MOVES; i++) {
        const { call, onPaper } = random.chance(0.5) ? anyMove(random, trees) : freshMove(random, trees, model);
        model.now = (await time.latest()) + 1 + random.below(300);
        const refused = onPaper(model);
        const answer = await table.play(0, call, model.now);
        expect(typeof answer === "string" ? answer : null, `move ${i}: ${call.name}`).to.equal(refused);
        const key = `${call.name} ${refused ?? "made"}`;
        answers.set(key, (answers.get(key) ?? 0) + 1);
        if (i % 10 === 9) await expectEqual(table, model, trees);
      }
      await expectEqual(table, model, trees);
      for (const kind of [
        "stakeRoot",
        "split",
        "splitQuarter",
        "mark",
        "open",
        "proveStep",
        "updateQuarter",
        "updateLeaf",
      ])
        expect([...answers.keys()]).to.include(`${kind} made`);
      const refusals = [...answers.keys()].filter((key) => !key.endsWith(" made"));
      expect(refusals, "kinds of refused calls").to.have.length.greaterThan(3);
    });
});
