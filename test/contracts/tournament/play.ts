import { expect } from "chai";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import type { TransactionReceipt } from "ethers";
import { pathOf, spineOf, type HistoryTree } from "../../../games/history/history";
import { edgeId, rootPlace } from "../../../games/edges/place";
import { ZERO_HASH } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { falseFriendAt, lieAt, truthAt, type Commitment, type Patch } from "../../../simulator/lab/games/history";
import type { Move } from "../../../simulator/lab/games/game";
import { Refused } from "../../../simulator/refused";
import { rootAllowance } from "../../../simulator/lab/games/tournament/clock";
import { TournamentGame } from "../../../simulator/lab/games/tournament/model";
import { Random } from "../../../simulator/random";
import { toyWitness } from "../../../simulator/truths/toy/machine";
import { Histories, childrenOf } from "./histories";
import { DEPOSIT, ETHER, TournamentTable, type Call, type TournamentSetup } from "./table";

export const SETUP: TournamentSetup = {
  ...{ heights: [2, 1, 1], rules: { runSteps: 3 }, batches: 6 },
  ...{ censorshipSeconds: 40, responseSeconds: 5, buildSeconds: 10 },
};
export const HEIGHTS = [...SETUP.heights];
const STANDINGS = ["none", "waiting", "playing", "out"] as const;
const PHASES = ["none", "bisect", "leaf", "inner", "over"] as const;

/** One play: each move on the model and on the contract. */
export class Play {
  readonly model: TournamentGame;
  readonly histories: Histories;
  readonly parties: Commitment[];
  readonly random: Random;
  start = 0;
  /** Of the model's tournaments and matches. */
  readonly tournamentIds: Hex[] = [];
  readonly matchIds: Hex[] = [];

  constructor(
    readonly table: TournamentTable,
    readonly seed: number,
  ) {
    this.random = new Random(seed);
    const { censorshipSeconds, responseSeconds, buildSeconds } = SETUP;
    this.model = new TournamentGame({
      ...{ heights: HEIGHTS, airGapSeconds: 0, responseSeconds, buildSeconds, bonds: [1, 0.5, 0.25] },
      allowanceSeconds: rootAllowance(censorshipSeconds, 3, buildSeconds, responseSeconds),
      refundEtherPerGas: 1,
    });
    this.histories = new Histories(this.model, SETUP.rules, table.inbox);
    const lies = [1, 2, 3].map((salt) => lieAt(HEIGHTS, salt, this.random));
    this.parties = [
      truthAt(HEIGHTS),
      ...lies,
      falseFriendAt(HEIGHTS, 1, 4, this.random),
      falseFriendAt(HEIGHTS, 2, 5, this.random),
    ];
    this.tournamentIds.push(rootPlace(0, table.origin, HEIGHTS[0]) as unknown as Hex);
  }

  /** @returns whether it went through, on both alike. */
  async both(by: number, move: Move): Promise<boolean> {
    const at = Math.max((await time.latest()) + 1, this.start + this.model.now);
    if (this.start === 0) this.start = at;
    this.model.advance(at - this.start);
    // The call is made up first: what a move is about is told by what stands before it.
    const call = this.callOf(move);
    const name = this.playModel(by, move);
    const answer = await this.table.play(by, call, at);
    // What stands already can be asserted again, and nothing happens.
    const refused = typeof answer === "string" ? answer : answer.logs.length === 0 ? "nothing" : null;
    const what = `seed ${this.seed}, ${move.key} by ${by} at ${this.model.now} s: model ${name}, contract ${refused}`;
    expect(refused === null, what).to.equal(name === null);
    if (typeof answer === "string" || refused !== null) return false;
    this.note(answer, move, by);
    return true;
  }

  /** @returns why the model refuses it; null where it is made. */
  private playModel(by: number, move: Move): string | null {
    try {
      this.model.play(move, by);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error.name;
    }
    return null;
  }

  /** Takes ids and refunds from the logs. */
  private note({ logs }: TransactionReceipt, move: Move, by: number): void {
    for (const log of logs) {
      const event = this.table.queue.interface.parseLog(log);
      if (event?.name === "TournamentOpened" && (event.args.above as Hex) !== ZERO_HASH)
        this.tournamentIds.push(event.args.tournament as Hex);
      if (event?.name === "TournamentOpened")
        this.tournamentIds[this.tournamentIds.length - 1] = event.args.tournament as Hex;
      if (event?.name === "Paired") this.matchIds.push(event.args.matchId as Hex);
      if (event?.name === "Refunded")
        this.model.refund(move, by, Number(event.args.amount as bigint) / Number(ETHER), 1);
    }
  }

  callOf(move: Move): Call {
    const { matchIds, model } = this;
    const [id] = move.on;
    if (move.kind === "join") return this.joinOf(id, move.with!);
    if (move.kind === "settle") return { name: "confirm", args: [this.assertionOf(model.tournaments[0].dangling)] };
    const matchId = matchIds[id];
    const match = model.matches[id];
    switch (move.kind) {
      case "advance":
      case "sealLeaf":
      case "sealInner":
        return this.answerOf(id, move.kind === "advance", move.with!);
      case "winLeaf": {
        if (model.tournaments[match.tournament].level !== HEIGHTS.length - 1)
          return { name: "winByStep", args: [matchId, this.table.inbox, "0x", ZERO_HASH, ZERO_HASH] };
        const before = this.histories.before(match.tournament, match.leaf);
        const { block } = this.histories.runOf(match.tournament);
        const winner = [match.one, match.two].find((one) => this.labelOf(one, match.leaf) === 0);
        return {
          name: "winByStep",
          args: [matchId, this.table.inbox, toyWitness(before, block), ...this.children(winner)],
        };
      }
      case "timeout":
        return { name: "winByTimeout", args: [matchId, ...this.children(this.survivorOf(id))] };
      case "eliminate":
        return { name: "eliminate", args: [matchId] };
      case "winInner": {
        const dangling = match.inner < 0 ? -1 : model.tournaments[match.inner].dangling;
        const final = dangling < 0 ? -1 : model.entries[dangling].final;
        const winner = [match.one, match.two].find((one) => this.labelOf(one, match.leaf) === final);
        return { name: "winByInner", args: [matchId, ...this.children(winner)] };
      }
      case "eliminateInner":
        return { name: "eliminateInner", args: [matchId] };
      default:
        throw new Error(`no call for ${move.kind}`);
    }
  }

  private joinOf(id: number, mine: Commitment): Call {
    const { model, histories, table } = this;
    const { level, above } = model.tournaments[id];
    const patch = this.patchAt(id, mine);
    if (patch === null) return { name: "join", args: [this.matchIds[above], ZERO_HASH, "0x", []] };
    const last = this.lastAt(id, mine);
    const tree = histories.treeOf(id, patch, last);
    if (level === 0) {
      const output = histories.output(patch.salt === 0 ? 0 : last, 2 ** HEIGHTS[0] - 1);
      return { name: "assertState", args: [table.origin, tree.root, output, spineOf(tree)] };
    }
    const machine = level === 1 ? histories.machineBytes(id, last) : "0x";
    return { name: "join", args: [this.matchIds[above], histories.contested(id, last), machine, spineOf(tree)] };
  }

  private answerOf(id: number, isAdvance: boolean, mine: Commitment): Call {
    const { tournament, answers, leaf } = this.model.matches[id];
    const patch = this.patchAt(tournament, mine);
    if (patch === null || this.model.matches[id].phase !== "bisect")
      return { name: "advance", args: [this.matchIds[id], ZERO_HASH, ZERO_HASH, ZERO_HASH, ZERO_HASH] };
    const tree = this.histories.treeOf(tournament, patch, this.lastAt(tournament, mine));
    const index = Math.floor(leaf / 2 ** answers);
    const halves = [tree.node(answers - 1, 2 * index), tree.node(answers - 1, 2 * index + 1)];
    if (isAdvance) {
      const half = Math.floor(leaf / 2 ** (answers - 1));
      const next = [tree.node(answers - 2, 2 * half), tree.node(answers - 2, 2 * half + 1)];
      return { name: "advance", args: [this.matchIds[id], ...halves, ...next] };
    }
    const [agreed, path] =
      leaf === 0 ? [this.initialOf(tournament), []] : [tree.leaf(leaf - 1), pathOf(tree, leaf - 1)];
    return { name: "sealMatch", args: [this.matchIds[id], ...halves, agreed, path, this.table.inbox] };
  }

  private initialOf(tournament: number): Hex {
    return this.initials.get(tournament) ?? this.table.origin.start;
  }
  private readonly initials = new Map<number, Hex>();

  /** Of inner tournaments, from the chain. */
  async learn(): Promise<void> {
    for (let id = this.initials.size + 1; id < this.model.tournaments.length; id++)
      this.initials.set(id, (await this.table.queue.tournamentAt(this.tournamentIds[id])).initial as Hex);
  }

  children(entry: number | undefined): [Hex, Hex] {
    return entry === undefined || entry < 0 ? [ZERO_HASH, ZERO_HASH] : childrenOf(this.treeOfEntry(entry));
  }

  private treeOfEntry(entry: number): HistoryTree {
    const { tournament, patch, final } = this.model.entries[entry];
    return this.histories.treeOf(tournament, patch, tournament === 0 ? patch.salt : final);
  }

  private labelOf(entry: number, leaf: number): number {
    const { patch } = this.model.entries[entry];
    return patch.until <= leaf || patch.from > leaf ? 0 : patch.salt;
  }

  private survivorOf(id: number): number {
    const wild = this.model as unknown as { survivor(match: unknown): number };
    return wild.survivor(this.model.matches[id]);
  }

  private patchAt(id: number, mine: Commitment): Patch | null {
    const wild = this.model as unknown as { patchAt(tournament: unknown, mine: Commitment): Patch | null };
    return wild.patchAt(this.model.tournaments[id], mine);
  }

  /** Label of the contested leaf that the commitment stands for; at level 0 of its last leaf. */
  private lastAt(id: number, mine: Commitment): number {
    const { above } = this.model.tournaments[id];
    if (above < 0) return mine.wrong[0].salt;
    const { tournament, leaf } = this.model.matches[above];
    const patch = this.patchAt(tournament, mine)!;
    return patch.until <= leaf || patch.from > leaf ? 0 : patch.salt;
  }

  assertionOf(entry: number): Hex {
    return edgeId(rootPlace(0, this.table.origin, HEIGHTS[0]), entry < 0 ? ZERO_HASH : this.treeOfEntry(entry).root);
  }

  /** Tournaments, clocks, matches, pools and balances are the model's. */
  async compare(): Promise<void> {
    const { table, model } = this;
    for (const [id, tournament] of model.tournaments.entries()) {
      const stored = await table.queue.tournamentAt(this.tournamentIds[id]);
      const waiting = tournament.dangling < 0 ? ZERO_HASH : this.treeOfEntry(tournament.dangling).root;
      const numbers = [stored.start, stored.allowance, stored.lastEnd, stored.level, stored.matches, stored.joined].map(
        Number,
      );
      const { start, allowance, lastEnd, level, matches, entries } = tournament;
      const what = `seed ${this.seed}, tournament ${id}`;
      expect(numbers, what).to.deep.equal([
        start + this.start,
        allowance,
        lastEnd + this.start,
        level,
        matches,
        entries.length,
      ]);
      expect([stored.isSettled, stored.waiting], what).to.deep.equal([tournament.settled, waiting]);
      expect(Number(stored.pool as bigint) / Number(ETHER), what).to.be.closeTo(tournament.pool, 1e-9);
      for (const entry of entries) {
        const { left, alive, match, by } = model.entries[entry];
        const one = await table.queue.commitmentAt(this.tournamentIds[id], this.treeOfEntry(entry).root);
        const standing = !alive ? "out" : match >= 0 ? "playing" : "waiting";
        expect(STANDINGS[Number(one.standing)], `${what}, entry ${entry}`).to.equal(standing);
        expect((one.claimer as string).toLowerCase()).to.equal(table.addresses[by]);
        if (alive) expect(Number(one.left), `${what}, clock of entry ${entry}`).to.equal(left);
      }
    }
    for (const [id, { phase, answers, turn, since, leaf }] of model.matches.entries()) {
      const stored = await table.queue.matchAt(this.matchIds[id]);
      const what = `seed ${this.seed}, match ${id}`;
      expect(PHASES[Number(stored.phase)], what).to.equal(phase);
      if (phase === "over") continue;
      expect(Number(stored.since), what).to.equal(since + this.start);
      if (phase === "bisect") {
        const expected = [answers, turn === 1];
        expect([Number(stored.height), stored.isTurnOfTwo], what).to.deep.equal(expected);
      } else expect(Number(stored.position), what).to.equal(leaf);
    }
    for (const [party] of this.parties.entries()) {
      const { locked, lost, won, refunded } = model.ledger.account(party);
      const balance = Number((await table.queue.balanceOf(table.addresses[party])) as bigint) / Number(ETHER);
      expect(balance, `seed ${this.seed}, party ${party}`).to.be.closeTo(
        DEPOSIT - locked - lost + won + refunded,
        1e-9,
      );
    }
    const burnt = Number((await table.queue.burnt()) as bigint) / Number(ETHER);
    expect(burnt, `seed ${this.seed}, burnt`).to.be.closeTo(model.ledger.burnt, 1e-9);
  }

  /** Lets all clocks run out, and brings everything up; then the winner, if there is one, is confirmed, and nothing else. */
  async settle(): Promise<void> {
    const { model, table } = this;
    for (;;) {
      model.advance((await time.latest()) + 1 - this.start);
      const due = model.due();
      if (due.length > 0) await this.both(this.random.below(6), this.random.pick(due));
      else if (model.nextDue() < Infinity) await time.increaseTo(this.start + model.nextDue() - 1);
      else break;
    }
    const { dangling } = model.tournaments[0];
    for (const entry of model.tournaments[0].entries)
      expect(await table.queue.isAssertionConfirmed(this.assertionOf(entry)), `seed ${this.seed}`).to.equal(
        entry === dangling,
      );
  }
}
