import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { TransactionReceipt } from "ethers";
import { encodeMoves, type Move } from "../../../games/edges";
import {
  asParent,
  assertMove,
  assertionEdge,
  bisectMove,
  edgeBelow,
  halvesOf,
  openMove,
  proveStepMove,
  type OwnEdge,
  type Parent,
  type Truth,
} from "../../../games/edges/truth";
import { LyingTruth, type Lie } from "../../../simulator/truths/lyingTruth";
import { ToyTruth } from "../../../simulator/truths/toy/truth";
import { deployGame, refusal, type GameChain } from "../../../simulator/boards/contracts/chain";
import type { GameSetup } from "../../../simulator/boards/setup";

/** A game whose moves a test makes one by one, at times of its choice. Account 0 is the honest one. */
export class Table {
  readonly truth: ToyTruth;

  private constructor(
    readonly chain: GameChain,
    setup: GameSetup,
    /** L1 time that `at` counts from. */
    readonly start: number,
  ) {
    this.truth = new ToyTruth(setup.rules, setup.heights);
  }

  static async lay(setup: Partial<GameSetup> = {}): Promise<Table> {
    const whole = { heights: [1, 1, 1] as const, rules: { runSteps: 3 }, ...setup };
    const chain = await deployGame(whole);
    return new Table(chain, whole, (await time.latest()) + 10);
  }

  get genesis(): Parent {
    return this.chain.genesis;
  }

  lie(lie: Partial<Lie> = {}): LyingTruth {
    return new LyingTruth(this.truth, { run: 0, machine: 0, step: 0, salt: 1, ...lie });
  }

  /** Mines the moves into one block, that many seconds after the start; each must go through. */
  async at(seconds: number, ...turns: [by: number, move: Move][]): Promise<TransactionReceipt[]> {
    const submissions = turns.map(([by, move]) => ({ from: this.chain.accounts[by], moves: [move] }));
    const receipts = await this.chain.mineTogether(submissions, this.start + seconds);
    receipts.forEach((receipt, i) => expect(receipt.status, `${turns[i][1].kind} goes through`).to.equal(1));
    return receipts;
  }

  /** One move in the next block. */
  async play(by: number, ...moves: Move[]): Promise<TransactionReceipt> {
    return this.chain.send(moves, this.chain.accounts[by]);
  }

  /** The custom error's name, or null where the move goes through; nothing is changed either way. */
  async refusalOf(by: number, move: Move): Promise<string | null> {
    const to = await this.chain.queue.getAddress();
    return refusal(this.chain.accounts[by].call({ to, data: encodeMoves([move]) }));
  }

  root(source: Truth, parent = this.genesis): OwnEdge {
    return assertionEdge(parent, source.runs(parent)!);
  }

  assert(source: Truth, parent = this.genesis): Move {
    return assertMove(this.root(source, parent), source.runs(parent)!);
  }

  /** An assertion that stands, as the parent of the next. */
  async parentAt(edge: OwnEdge): Promise<Parent> {
    return asParent((await this.chain.replica()).assertions.get(edge.id)!);
  }

  bisect(edge: OwnEdge): Move {
    return bisectMove(edge);
  }

  /** @param other - Whose history is put under the leaf; default: the leaf's own party's. */
  open(leaf: OwnEdge, source: Truth, other = source): Move {
    const below = edgeBelow(leaf, other)!;
    return openMove(leaf, below, leaf.of.level === 0 ? other.machines(leaf.of.parent, leaf.at.index)!.last : "0x");
  }

  prove(leaf: OwnEdge, source: Truth): Move {
    const { parent, run, segment } = leaf.of;
    return proveStepMove(leaf, source.witness(parent, run, segment, leaf.at.index)!);
  }

  /** Goes down from an edge: l and r to the halves, o to the root below. */
  down(edge: OwnEdge, path: string, source: Truth): OwnEdge {
    return [...path].reduce(
      (at, step) => (step === "o" ? edgeBelow(at, source)! : halvesOf(at)[step === "l" ? 0 : 1]),
      edge,
    );
  }

  confirm({ at, root }: OwnEdge): Move {
    return { kind: "confirm", at, root };
  }

  slash(loser: OwnEdge, winner: OwnEdge): Move {
    return { kind: "slash", loser: loser.at, loserRoot: loser.root, winner: winner.at, winnerRoot: winner.root };
  }

  /** What L1 shows for the edge now, in seconds. */
  async timer(edge: OwnEdge): Promise<number> {
    return Number(await this.chain.queue.timerOf(edge.id, edge.mutualId));
  }

  async status(edge: OwnEdge): Promise<string> {
    const { status } = (await this.chain.queue.edge(edge.id)) as { status: bigint };
    return ["none", "open", "proven", "confirmed", "slashed"][Number(status)];
  }

  async balance(by: number): Promise<bigint> {
    return (await this.chain.queue.balanceOf(this.chain.addresses[by])) as bigint;
  }

  /** Both parties answer each other along the first difference down to a leaf of the last level; one answer a second. */
  async contest(liar: Truth, until: (edge: OwnEdge) => boolean): Promise<[OwnEdge, OwnEdge]> {
    let pair: [OwnEdge, OwnEdge] = [this.root(this.truth), this.root(liar)];
    await this.play(0, this.assert(this.truth));
    await this.play(1, this.assert(liar));
    while (!until(pair[0])) {
      const [mine, theirs] = pair;
      if (mine.at.height > 0) {
        await this.play(0, this.bisect(mine));
        await this.play(1, this.bisect(theirs));
        const [a, b] = [halvesOf(mine), halvesOf(theirs)];
        const side = a[0].root === b[0].root ? 1 : 0;
        pair = [a[side], b[side]];
      } else {
        await this.play(0, this.open(mine, this.truth));
        await this.play(1, this.open(theirs, liar));
        pair = [edgeBelow(mine, this.truth)!, edgeBelow(theirs, liar)!];
      }
    }
    return pair;
  }
}
