import { expect } from "chai";
import type { Interface, TransactionReceipt } from "ethers";
import { HonestPlayer, QUEUE_ABI, pageMoves, type Move } from "../../../games/edges";
import type { ProveStepMove, UpdateMove } from "../../../games/edges/moves";
import { halvesOf, updateStep, type OwnEdge, type Truth } from "../../../games/edges/truth";
import { LyingTruth } from "../../../simulator/truths/lyingTruth";
import { deployGame, type GameChain } from "../../../simulator/boards/contracts/chain";
import { ETHER } from "../../../simulator/boards/setup";
import { unsettled } from "../../../simulator/invariants";
import { expectNone } from "../../support/game/expectNone";
import { Table } from "../../support/game/table";
import { expectPinned } from "../../support/snapshot";
import { gasParts } from "../../support/gasParts";
import { ToyTruth } from "../../../simulator/truths/toy/truth";

const FILE = "gas.game";
const HEIGHTS = [16, 17, 17] as const;
const RULES = { runSteps: 3000 };
const BATCHES = 3;

const used = (receipt: TransactionReceipt): number => Number(receipt.gasUsed);

describe("Gas of the game, whole transactions", () => {
  describe("a call each, heights 16, 17, 17", () => {
    let table: Table;
    let lie: Truth;
    let mine: OwnEdge;
    let theirs: OwnEdge;
    beforeEach(async () => {
      table = await Table.lay({ heights: HEIGHTS, rules: RULES, batches: BATCHES });
      lie = table.lie();
      [mine, theirs] = [table.root(table.truth), table.root(lie)];
    });

    it("asserts", async () => {
      expectPinned(
        FILE,
        "queue: assert, the first child",
        used(await table.play(0, table.assert(table.truth))),
        300_000,
      );
      expectPinned(FILE, "queue: assert, a rival", used(await table.play(1, table.assert(lie))), 300_000);
    });

    it("asserts a child, on a moved stake and on one of its own", async () => {
      await table.play(0, table.assert(table.truth));
      const [first] = (await table.chain.replica()).childrenOf(table.genesis.id);
      const parent = { id: first.id, outputRoot: first.outputRoot, inbox: first.childInbox };
      await table.at(100, [1, table.assert(lie)]);
      const strangers = used(await table.play(1, table.assert(table.truth, parent)));
      expectPinned(FILE, "queue: assert, a child on a new stake", strangers, 300_000);
      await table.play(0, table.assert(table.lie({ salt: 2 }), parent));
      const [own] = (await table.chain.replica()).childrenOf(parent.id);
      const next = { id: own.id, outputRoot: own.outputRoot, inbox: own.childInbox };
      const moved = used(await table.play(1, table.assert(table.truth, next)));
      expectPinned(FILE, "queue: assert, a child on a moved stake", moved, 300_000);
      const [last] = (await table.chain.replica()).childrenOf(next.id);
      const top = { id: last.id, outputRoot: last.outputRoot, inbox: last.childInbox };
      await table.play(2, table.assert(table.truth, top));
      const [child] = (await table.chain.replica()).childrenOf(top.id);
      const end = { id: child.id, outputRoot: child.outputRoot, inbox: child.childInbox };
      await table.at(1000, [1, table.assert(table.truth, end)]);
      const [lower] = (await table.chain.replica()).childrenOf(end.id);
      const free = { kind: "moveStake", from: top.id, to: lower.id } as Move;
      expectPinned(FILE, "queue: free a stake by one two assertions below", used(await table.play(2, free)), 120_000);
    });

    it("asserts: where the gas of the first child goes", async () => {
      const parts = await gasParts(await table.play(0, table.assert(table.truth)));
      for (const [part, gas] of Object.entries(parts))
        expectPinned(FILE, `queue: assert, the first child, of that ${part}`, gas, 110_000);
    });

    it("confirms, slashes and pays out", async () => {
      const period = table.chain.parameters.challengePeriodSeconds;
      await table.at(0, [0, table.assert(table.truth)]);
      await table.at(period + 1, [1, table.assert(lie)]);
      const confirmed = used(await table.play(2, table.confirm(mine)));
      expectPinned(FILE, "game: confirm an assertion", confirmed, 60_000);
      const slashed = used(await table.play(2, table.slash(theirs, mine)));
      expectPinned(FILE, "game: slash a rival of a confirmed edge", slashed, 70_000);
      const way = [{ left: halvesOf(mine)[0].root, right: halvesOf(mine)[1].root, isRight: true }];
      await table.play(2, table.bisect(mine));
      const reward = { kind: "reward", at: mine.at, root: mine.root, way } as Move;
      expectPinned(FILE, "game: reward a staker and a bisection", used(await table.play(2, reward)), 120_000);
      const withdrawal = await table.chain.queue.getFunction("withdraw").send(table.chain.addresses[0]);
      expectPinned(FILE, "game: withdraw a balance", used((await withdrawal.wait())!), 60_000);
    });

    it("bisects first and in answer", async () => {
      await table.play(0, table.assert(table.truth));
      await table.play(1, table.assert(lie));
      expectPinned(
        FILE,
        "game: bisect, the first at its place",
        used(await table.play(0, table.bisect(mine))),
        125_000,
      );
      const answer = used(await table.play(1, table.bisect(theirs)));
      expectPinned(FILE, "game: bisect, the answer with another left half", answer, 105_000);
    });

    it("bisects in answer with the same left half", async () => {
      const late = table.lie({ run: 50_000 });
      await table.play(0, table.assert(table.truth));
      await table.play(1, table.assert(late));
      await table.play(0, table.bisect(mine));
      const answer = used(await table.play(1, table.bisect(table.root(late))));
      expectPinned(FILE, "game: bisect, the answer with the same left half", answer, 105_000);
    });

    it("opens, updates, proves, confirms and slashes", async () => {
      const [leaf, rival] = await table.contest(lie, ({ at }) => at.level === 0 && at.height === 0);
      expectPinned(
        FILE,
        "game: open a leaf of level 0, the first",
        used(await table.play(0, table.open(leaf, table.truth))),
        200_000,
      );
      expectPinned(
        FILE,
        "game: open a leaf of level 0, the rival",
        used(await table.play(1, table.open(rival, lie))),
        200_000,
      );
      await contestBelow(leaf, rival, 1);
      const [low, lowRival] = [
        table.down(leaf, "o" + "l".repeat(17), table.truth),
        table.down(rival, "o" + "l".repeat(17), lie),
      ];
      expectPinned(
        FILE,
        "game: open a leaf of level 1, the first",
        used(await table.play(0, table.open(low, table.truth))),
        200_000,
      );
      expectPinned(
        FILE,
        "game: open a leaf of level 1, the rival",
        used(await table.play(1, table.open(lowRival, lie))),
        200_000,
      );
      await contestBelow(low, lowRival, 2);
      const step = table.down(low, "o" + "l".repeat(17), table.truth);
      const proof = table.prove(step, table.truth) as ProveStepMove;
      const { before, inbox, witness } = proof;
      const alone = await await table.chain.prover
        .getFunction("step")
        .populateTransaction(before.state, inbox, witness);
      const stepGas = Number(await table.chain.accounts[0].estimateGas({ to: alone.to, data: alone.data }));
      const proven = used(await table.play(0, proof));
      expectPinned(FILE, "game: prove step, beyond the step itself (toy prover)", proven - stepGas, 60_000);

      const above = table.down(low, "o" + "l".repeat(16), table.truth);
      const update = { kind: "update", steps: [updateStep(above, halvesOf(above))] } as UpdateMove;
      await table.at(20_000);
      expectPinned(FILE, "game: update one timer by its halves", used(await table.play(0, update)), 60_000);
      const claim = { kind: "update", steps: [updateStep(low, [table.down(low, "o", table.truth)])] } as UpdateMove;
      expectPinned(FILE, "game: update one timer by a claim", used(await table.play(0, claim)), 60_000);
    });

    /** Both sides go down to the first leaf of a level. */
    async function contestBelow(leaf: OwnEdge, rival: OwnEdge, level: 1 | 2): Promise<void> {
      let [a, b] = [table.down(leaf, "o", table.truth), table.down(rival, "o", lie)];
      for (let height = HEIGHTS[level]; height > 0; height--) {
        await table.play(0, table.bisect(a));
        await table.play(1, table.bisect(b));
        [a, b] = [table.down(a, "l", table.truth), table.down(b, "l", lie)];
      }
    }
  });

  // Going left costs most: both halves differ. Going right costs least: the left halves are one edge.
  const disputes: [string, number, number, number][] = [
    ["at the first leaf of each level", 0, 0, 0],
    ["at a middle leaf of each level", 2 ** 15 + 1, 2 ** 16 + 1, 2 ** 16 + 1],
    ["at the last leaf of each level", 2 ** 16 - 1, 2 ** 17 - 1, 2 ** 17 - 1],
  ];
  for (const [where, run, machine, step] of disputes)
    it(`disputes ${where}, both sides, to confirmation and refunds`, async function () {
      this.timeout(240_000);
      const chain = await deployGame({ heights: HEIGHTS, rules: RULES, batches: BATCHES });
      const truth = new ToyTruth(RULES, HEIGHTS);
      const lie = new LyingTruth(truth, { run, machine, step, salt: 1 });
      const gas = await playOut(chain, [truth, lie]);
      const view = await chain.replica();
      const honest = chain.addresses[0];
      expectNone(unsettled(view, { truth, genesis: chain.genesis, honest, deposited: 5000n * ETHER, reason: "proof" }));
      expectPinned(FILE, `game: the whole dispute ${where}`, gas.total, 10_000_000);
      expectPinned(FILE, `game: the whole dispute ${where}, and to be paid for its moves`, gas.claims, 1_000_000);
      expectPinned(FILE, `game: the whole dispute ${where}, of that the honest side`, gas.honest, 7_000_000);
      if (process.env.SOLVENT_GAS_PARTS) console.log(gas);
    });
});

interface Spent {
  total: number;
  honest: number;
  /** To be paid for moves, when all is over: in neither sum, for nothing in the game waits for it. */
  claims: number;
  /** Calls and their gas, where they were alone in their transaction. */
  parts: Record<string, [calls: number, gas: number]>;
}

/** Both parties answer in turn, a transaction a plan, until neither has anything to do. */
async function playOut(chain: GameChain, sides: readonly Truth[]): Promise<Spent> {
  const spent: Spent = { total: 0, honest: 0, claims: 0, parts: {} };
  const from = chain.genesis;
  const players = sides.map(
    (side, i) => new HonestPlayer(side, { account: chain.addresses[i], from, propose: ({ id }) => id === from.id }),
  );
  for (let idle = 0; idle < 4;) {
    let isMoved = false;
    for (const [i, player] of players.entries()) {
      const { moves } = player.decide(await chain.replica());
      const [claims, others] = [true, false].map((isClaim) =>
        moves.filter(({ kind }) => (kind === "reward") === isClaim),
      );
      for (const page of [...pageMoves(others), ...pageMoves(claims)]) {
        isMoved = true;
        const gas = used(await chain.send(page, chain.accounts[i]));
        if (page[0].kind === "reward") {
          spent.claims += gas;
          continue;
        }
        spent.total += gas;
        if (i === 0) spent.honest += gas;
        const name = page.map(({ kind }: Move) => kind).join("+");
        const [calls, sum] = spent.parts[name] ?? [0, 0];
        spent.parts[name] = [calls + 1, sum + gas];
      }
    }
    if (isMoved) continue;
    idle++;
    const { nowSeconds, parameters } = await chain.replica();
    await chain.mineTogether([], nowSeconds + Math.ceil(parameters.challengePeriodSeconds / 2));
  }
  return spent;
}

describe("Gas of the game: the interface", () => {
  it("is the compiled one", async () => {
    const { queue } = await deployGame({ heights: [1, 1, 1], rules: { runSteps: 3 }, players: 0 });
    const compiled = queue.interface as Interface;
    QUEUE_ABI.forEachFunction((f) =>
      expect(compiled.getFunction(f.format("sighash"))?.format("full")).to.not.equal(undefined, f.name),
    );
  });
});
