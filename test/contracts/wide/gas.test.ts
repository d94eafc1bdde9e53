import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import type { TransactionReceipt } from "ethers";
import { spendRows, totalOf, type Fork } from "../../../deployment/economics";
import { readArtifact } from "../../../deployment";
import type { Before } from "../../../games/edges/types";
import type { InboxState } from "../../../games/types";
import type { Hex } from "../../../protocol/types";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import { bothForks, type TwoForks } from "../../support/nextFork";
import { expectPinned } from "../../support/snapshot";
import type { Claim, Ground, Side } from "./sides";
import { calls, inboxOf, WideTable, type Call } from "./table";
import { leafOf, wayTo, type Edge } from "./trees";

const FILE = "gas.wide";
/** Histories of 16, 18 and 18: those of `edges` by default, 16, 17 and 17, rounded up to whole digits. */
const GROUND: Ground = { heights: [8, 9, 9], rules: { runSteps: 3000 }, inbox: inboxOf(3) };
const DIGITS = 26;
/** Timers below the stakes of levels 2, 1 and 0: quarters, leaves and roots. */
const LINKS = 9 + (9 + 1 + 9) + (8 + 1 + 9 + 1 + 9);
const MOST_CODE_BYTES = 24_576;
/** Gas by move, under both forks, and of all that one side sent. */
class Bill {
  readonly moves = new Map<string, TwoForks>();
  total = { osaka: 0, next: 0 };

  async note(name: string, receipt: TransactionReceipt): Promise<void> {
    const cost = await bothForks(receipt);
    this.total.osaka += cost.osaka;
    this.total.next += cost.next;
    const known = this.moves.get(name);
    if (known === undefined || known.osaka < cost.osaka) this.moves.set(name, cost);
  }
}

/** One lie of full depth: the liar splits first and marks nothing that it need not, so that each honest answer writes most. */
class Dispute {
  readonly bill = new Bill();
  readonly claims: Claim[] = [];
  readonly falseClaims: Claim[] = [];
  private readonly truth: Side;
  private readonly lie: Side;

  constructor(
    private readonly table: WideTable,
    private readonly leaves: readonly [number, number, number],
  ) {
    const [run, machine, step] = leaves;
    this.truth = table.side();
    this.lie = table.side({ run, machine, step, salt: 1 });
  }

  async play(): Promise<void> {
    const { table, bill, truth, lie, leaves } = this;
    await bill.note("stake a root, first", await table.must(0, calls.stake(truth)));
    await table.must(1, calls.stake(lie));
    let [mine, theirs] = [truth.root, lie.root];
    for (const level of [0, 1, 2] as const) {
      await this.splitDown(mine, theirs, leaves[level]);
      if (level === 2) break;
      const claim = truth.claim(leafOf(mine, leaves[level]), this.claims.at(-1) ?? null);
      const falseClaim = lie.claim(leafOf(theirs, leaves[level]), this.falseClaims.at(-1) ?? null);
      await bill.note(`open a leaf of level ${level}`, await table.must(0, calls.open(claim, truth)));
      await table.must(1, calls.open(falseClaim, lie));
      this.claims.push(claim);
      this.falseClaims.push(falseClaim);
      [mine, theirs] = [claim.edge, falseClaim.edge];
    }
    await this.prove();
    await time.increase(table.periodSeconds);
    await this.timers();
    await this.settle();
  }

  private async prove(): Promise<void> {
    const { table, bill, truth, leaves } = this;
    const call = calls.prove(this.claims[1], leaves[2], truth);
    const [, , before, inbox, witness] = call.args as [unknown, unknown, Before, InboxState, Hex];
    const prover = await hre.ethers.getContractAt("ToyProver", await table.wide.prover());
    const alone = await prover.getFunction("step").populateTransaction(before.state, inbox, witness);
    const step = Number(await table.accounts[0].estimateGas({ to: alone.to, data: alone.data }));
    const receipt = await table.must(0, call);
    const whole = await bothForks(receipt);
    await bill.note("prove step, with the toy prover", receipt);
    const beyond = { ...whole, osaka: whole.osaka - step, next: whole.next - (step - 21_000 + 15_000) };
    bill.moves.set("prove step, beyond the step itself", beyond);
  }

  private async splitDown(mine: Edge, theirs: Edge, leaf: number): Promise<void> {
    const { table, bill } = this;
    const [way, falseWay] = [wayTo(mine, leaf), wayTo(theirs, leaf)];
    for (let i = 0; i < way.length - 1; i++) {
      const first = await table.must(1, calls.split(falseWay[i]));
      if (i === 1) bill.moves.set("split, the first at its place", await bothForks(first));
      await bill.note("split, the answer", await table.must(0, calls.split(way[i], falseWay[i])));
    }
  }

  /** The whole way up at once: first one of each kind alone, for its price, then all in one transaction, which changes what is left. */
  private async timers(): Promise<void> {
    const { table, bill, truth, claims, leaves } = this;
    const roots = [claims[1].edge, claims[0].edge, truth.root];
    const updates = roots.flatMap((root, i) => {
      const way = wayTo(root, leaves[2 - i]).reverse();
      const leaf = i === 0 ? [] : [calls.update(way[0], claims[2 - i])];
      return [...leaf, ...way.slice(1).map((edge) => calls.update(edge))];
    });
    const low = wayTo(roots[0], leaves[2]).reverse();
    const state = (await hre.network.provider.send("evm_snapshot", [])) as string;
    for (const [i, call] of updates.entries()) {
      const name = { updateLeaf: "update a leaf", updateRoot: "update a root" }[call.name] ?? "update a quarter";
      if (i < low.length + 2) bill.moves.set(name, await bothForks(await table.must(0, call)));
    }
    await hre.network.provider.send("evm_revert", [state]);
    await bill.note("update all timers, a transaction", await this.together(updates));
  }

  private async settle(): Promise<void> {
    const { table, bill, truth, lie, claims, falseClaims } = this;
    const winners = [truth.root, claims[0].edge, claims[1].edge];
    const losers = [lie.root, falseClaims[0].edge, falseClaims[1].edge];
    for (const winner of winners) await bill.note("confirm", await table.must(0, calls.confirm(winner)));
    for (const [i, loser] of losers.entries())
      await bill.note("slash", await table.must(0, calls.slash(loser, winners[i])));
    const way = [{ roots: truth.root.quarters, digit: 0 }];
    const paid = await table.must(2, calls.reward(truth.root, way));
    bill.moves.set("reward a staker and a split", await bothForks(paid));
    const withdraw: Call = { name: "withdraw", args: [table.addresses[0]] };
    await bill.note("withdraw", await table.must(0, withdraw));
  }

  private async together(all: readonly Call[]): Promise<TransactionReceipt> {
    const receipt = await this.table.playAll(0, all);
    if (typeof receipt === "string") throw new Error(receipt);
    return receipt;
  }
}

const laid = (): Promise<WideTable> => WideTable.lay(GROUND);

describe("Four quarters: gas of whole transactions, heights 8, 9, 9", function () {
  this.timeout(240_000);
  const bills: Bill[] = [];
  const silent = new Bill();
  before(compileOnce);

  it("fits into a contract", () => {
    const bytes = (readArtifact("test/ToyWide").deployedBytecode.length - 2) / 2;
    expectPinned(FILE, "bytes of the code, with the root edges of a test", bytes, MOST_CODE_BYTES);
  });

  const places: [string, [number, number, number]][] = [
    ["at the first leaf of each level", [0, 0, 0]],
    ["at a middle leaf of each level", [4 ** 7, 4 ** 8, 4 ** 8]],
    ["at the last leaf of each level", [4 ** 8 - 1, 4 ** 9 - 1, 4 ** 9 - 1]],
  ];
  for (const [where, leaves] of places)
    it(`disputes ${where}, the honest side answering each time`, async () => {
      const dispute = new Dispute(await loadFixture(laid), leaves);
      await dispute.play();
      const { moves, total } = dispute.bill;
      bills.push(dispute.bill);
      expect(moves.get("split, the answer")!.newSlots).to.equal(2);
      expect(moves.get("split, the first at its place")!.newSlots).to.equal(1);
      expectPinned(FILE, `the honest side's dispute ${where}, today`, total.osaka, 5_000_000);
      expectPinned(FILE, `the honest side's dispute ${where}, next`, total.next, 10_000_000);
    });

  it("makes each move for no more than this, wherever", () => {
    expect(bills, "the disputes above").to.have.length(places.length);
    for (const name of bills[0].moves.keys()) {
      expectPinned(FILE, `${name}, today`, dearest(bills, name, "osaka"), 2_000_000);
      expectPinned(FILE, `${name}, next`, dearest(bills, name, "glamsterdam"), 2_500_000);
    }
  });

  it("marks and answers what a silent rival left unmarked, in one transaction", async () => {
    const table = await loadFixture(laid);
    const [run, machine, step] = [4 ** 7, 4 ** 8, 4 ** 8];
    const [truth, lie] = [table.side(), table.side({ run, machine, step, salt: 1 })];
    for (const [by, side] of [truth, lie].entries()) await table.must(by, calls.stake(side));
    const [way, falseWay] = [wayTo(truth.root, run), wayTo(lie.root, run)];
    for (let i = 0; i < way.length - 1; i++) {
      const answer = await table.must(0, calls.split(way[i], null, i === 0 ? null : falseWay[i - 1]));
      if (i > 0) await silent.note("split, marking its own place", answer);
      await table.must(1, calls.split(falseWay[i]));
    }
    const claim = truth.claim(way[8], null);
    const marked = calls.mark(way[7], falseWay[7]);
    expect(await table.play(0, calls.open(claim, truth))).to.equal("NotRivalled");
    const state = (await hre.network.provider.send("evm_snapshot", [])) as string;
    await silent.note("mark alone", await table.must(0, marked));
    await hre.network.provider.send("evm_revert", [state]);
    const opened = await table.playAll(0, [marked, calls.open(claim, truth)]);
    if (typeof opened === "string") throw new Error(opened);
    await silent.note("mark and open a leaf of level 0, a transaction", opened);
    expect(silent.moves.get("split, marking its own place")!.newSlots).to.equal(2);
    for (const [name, { osaka, next }] of silent.moves) {
      expectPinned(FILE, `${name}, today`, osaka, 200_000);
      expectPinned(FILE, `${name}, next`, next, 500_000);
    }
  });

  for (const fork of ["osaka", "glamsterdam"] as const)
    it(`costs one honest side less than edges does, its worst case reckoned alike (${fork})`, () => {
      expect(bills, "the disputes above").to.have.length(places.length);
      const [wide, edges] = [worstCase(bills, silent, fork), totalOf(spendRows(undefined, fork))];
      const when = fork === "osaka" ? "today" : "next";
      const most = fork === "osaka" ? 7_000_000 : 14_000_000;
      expectPinned(FILE, `worst case of one honest side, ${when}`, wide, most);
      expectPinned(FILE, `worst case of one honest side, edges with two children, ${when}`, edges, 30_000_000);
      expect(wide).to.be.lessThan(edges);
    });
});

/** Gas of a move at the dearest of the places. */
function dearest(bills: readonly Bill[], name: string, fork: Fork): number {
  return Math.max(...bills.map(({ moves }) => moves.get(name)![fork === "osaka" ? "osaka" : "next"]));
}

/**
 * As `spendRows` reckons that of edges: each answer alone, each at its dearest, timers once below each of three stakes. Of a place and the
 * mark below it: either the answer makes both, or the mark is made by the next answer; above a leaf by a transaction of its own.
 */
function worstCase(bills: readonly Bill[], silent: Bill, fork: Fork): number {
  const price = (...names: string[]): number => Math.max(...names.map((name) => dearest(bills, name, fork)));
  const of = (bill: Bill, name: string): number => dearest([bill], name, fork);
  const answer = price("split, the answer");
  const edges = spendRows(undefined, fork);
  const row = (answer: string): number => edges.find((one) => one.answer === answer)!.gasEach;
  return (
    row("assert") +
    (DIGITS - 3) * Math.max(answer, of(silent, "split, marking its own place")) +
    3 * Math.max(answer, price("split, the first at its place") + of(silent, "mark alone")) +
    2 * price("open a leaf of level 0", "open a leaf of level 1") +
    row("prove a step, itself") +
    price("prove step, beyond the step itself") +
    (LINKS - 3) * price("update a quarter", "update a root") +
    3 * price("update a leaf") +
    3 * (price("confirm") + price("slash")) +
    price("withdraw")
  );
}
