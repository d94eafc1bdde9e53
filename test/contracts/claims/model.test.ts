import { expect } from "chai";
import { takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";
import type { ClaimsMove, ClaimState } from "../../../games/claims";
import { expectedOfClaims } from "../../../games/claims/expected";
import { edgeId, rootPlace } from "../../../games/edges/place";
import { inboxHash } from "../../../games/names";
import { toHex, word, ZERO_ADDRESS, ZERO_HASH } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { ClaimsGame } from "../../../simulator/lab/games/claims/model";
import { lieAt, truthAt, type Commitment } from "../../../simulator/lab/games/history";
import type { Move } from "../../../simulator/lab/games/game";
import { Refused } from "../../../simulator/refused";
import { Random } from "../../../simulator/random";
import { registersAfter, toyOutput, toyOutputRoot, toyWitness } from "../../../simulator/truths/toy/machine";
import { expectHeld } from "../support/held";
import { BOTTOM, Labels, SETUP, SPLIT, wildMoves } from "./labels";
import { ClaimsTable, DEFAULT_CLOCK } from "./table";

const SEEDS = Number(process.env.SOLVENT_SEEDS ?? 6);
const ACTIONS = 60;
const ETHER = 1e18;
const HEIGHTS = [SPLIT, BOTTOM - SPLIT - 1];

/** One seed's play: each move on the model and on the contract. */
class Play {
  readonly model: ClaimsGame;
  readonly labels: Labels;
  readonly parties: Commitment[];
  readonly random: Random;
  assertion: Hex = ZERO_HASH;
  start = 0;

  constructor(
    readonly table: ClaimsTable,
    readonly seed: number,
  ) {
    this.random = new Random(seed);
    const proposer = this.random.below(2) === 0 ? ("honest" as const) : ("adversary" as const);
    const { maxClockSeconds, clockExtensionSeconds: extensionSeconds, stepSeconds: preimageSeconds } = DEFAULT_CLOCK;
    const clock = { maxClockSeconds, extensionSeconds, preimageSeconds };
    const money = { bondEther: 1, bondGrowth: 1.1, airGapSeconds: 0 };
    this.model = new ClaimsGame({ heights: HEIGHTS, ...money, ...clock, proposer });
    this.labels = new Labels(table.genesis, this.model);
    this.parties = [truthAt(HEIGHTS), ...[1, 2, 3].map((salt) => lieAt(HEIGHTS, salt, this.random))];
  }

  async create(): Promise<void> {
    const { table, model, labels } = this;
    const by = model.parameters.proposer === "honest" ? 0 : 1;
    model.play(model.answers(by, this.parties[by])[0], by);
    const output = toyOutput(labels.output(model.claims[0].label, 2 ** SPLIT - 1));
    expect(await table.play(by, { kind: "assertState", origin: this.origin, output })).to.be.an("object");
    this.start = await time.latest();
    this.assertion = edgeId(rootPlace(0, this.origin, SPLIT), toyOutputRoot(output));
  }

  get origin() {
    const { id, outputRoot, inbox } = this.table.genesis;
    return { above: id, start: outputRoot, inbox: inboxHash(inbox) };
  }

  /** @returns whether it went through, on both alike. */
  async both(by: number, move: Move): Promise<boolean> {
    this.model.advance((await time.latest()) + 1 - this.start);
    // The call is made up first: what a move is about is told by what stands before it.
    const call = this.callOf(move);
    const name = this.playModel(by, move);
    const answer = await this.table.play(by, call, this.start + this.model.now);
    const refused = typeof answer === "string" ? answer : null;
    const what = `seed ${this.seed}, ${move.key} at ${this.model.now} s: model ${name}, contract ${refused}`;
    expect(refused === null, what).to.equal(name === null);
    return name === null;
  }

  /** @returns why the model refuses it; null where it is made. */
  private playModel(by: number, move: Move): string | null {
    try {
      this.model.play(move, by);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error.name;
    }
    this.labels.note(move);
    return null;
  }

  private callOf(move: Move): ClaimsMove {
    const { assertion, labels } = this;
    const { kind, on } = move;
    const [index] = on;
    if (kind === "resolveClaim") return { kind, assertion, index };
    if (kind === "step") return this.stepOf(index, on[1] === 1);
    const { value, last } = this.isNowhere(move) ? { value: toHex(word(1)), last: "0x" as Hex } : labels.answer(move);
    const answer = { kind: kind === "attack" ? "attack" : "defend", position: 0 } as const;
    return { ...answer, assertion, parent: index, disputed: labels.valueOf(index), value, last };
  }

  /** Whether there is no such place: nothing is right of the last one. */
  private isNowhere({ kind, on: [index] }: Move): boolean {
    const { depth, index: within } = this.model.claims[index];
    return kind === "defend" && within === 2 ** (depth > SPLIT ? depth - SPLIT - 1 : depth) - 1;
  }

  private stepOf(index: number, isAttack: boolean): ClaimsMove {
    const { inbox } = this.table.genesis;
    const { depth, index: leaf, about } = this.model.claims[index];
    let witness: Hex = "0x";
    if (depth === BOTTOM) {
      const from = this.labels.startOf(index, about.run);
      const steps = isAttack ? leaf : leaf + 1;
      witness = toyWitness(registersAfter(SETUP.rules, from, inbox, toyOutputRoot(toyOutput(from)), steps), from);
    }
    return { kind: "step", assertion: this.assertion, index, isAttack, origin: this.origin, inbox, witness };
  }

  /** Every claim, on L1 and in the replica, and every balance is the model's. */
  async compare(): Promise<void> {
    const { table, model, labels } = this;
    const expected = labels.tree(table.addresses, this.start).claims.map(bare);
    const replica = (await table.follow()).trees.get(this.assertion)!;
    expect(replica.claims.map(bare), `seed ${this.seed}, replica`).to.deep.equal(expected);
    const count = Number((await table.queue.claimCount(this.assertion)) as bigint);
    for (let index = 0; index < count; index++) {
      const stored = await table.queue.claimAt(this.assertion, index);
      const { value, position, parent, stamp, used, isResolved } = stored;
      const claimant = (stored.claimant as string).toLowerCase();
      const numbers = { position: Number(position), parent: Number(parent), stamp: Number(stamp), used: Number(used) };
      expect({ value, claimant, ...numbers, isResolved }, `seed ${this.seed}, claim ${index}`).to.deep.equal(
        expected[index],
      );
      const { resolved, depth, counteredBy } = model.claims[index];
      if (!resolved && depth !== BOTTOM) continue;
      const by = counteredBy < 0 ? ZERO_ADDRESS : table.addresses[counteredBy];
      expect((stored.counteredBy as string).toLowerCase(), `seed ${this.seed}, who countered ${index}`).to.equal(by);
    }
    for (const [party] of this.parties.entries()) {
      const { locked, lost, won } = model.ledger.account(party);
      const balance = Number((await table.queue.balanceOf(table.addresses[party])) as bigint) / ETHER;
      expect(balance, `seed ${this.seed}, party ${party}`).to.be.closeTo(10_000 - locked - lost + won, 1e-9);
    }
  }

  /** Resolves everything; then what stands is confirmed, and nothing else. */
  async settle(): Promise<void> {
    const { model, table, assertion } = this;
    while (!model.claims[0].resolved) {
      model.advance((await time.latest()) + 1 - this.start);
      const due = model.due().filter(({ kind }) => kind === "resolveClaim");
      if (due.length > 0) await this.both(2, this.random.pick(due));
      else await time.increaseTo(this.start + model.nextDue());
    }
    const stands = model.claims[0].counteredBy < 0;
    const answer = await table.play(3, { kind: "confirm", assertion });
    expect(typeof answer === "string" ? answer : "confirmed").to.equal(stands ? "confirmed" : "NotWon");
    expect(await table.queue.isAssertionConfirmed(assertion)).to.equal(stands);
  }
}

const bare = ({ value, claimant, position, parent, stamp, used, isResolved }: ClaimState): object => ({
  ...{ value, claimant, position, parent, stamp, used, isResolved },
});

describe("The game of claims: contract and model", () => {
  it(`are equal move by move, refusals included, in random play with three liars: seeds 1 to ${SEEDS}`, async function () {
    this.timeout(600_000);
    const table = await ClaimsTable.lay(SETUP);
    let [made, refused] = [0, 0];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const snapshot = await takeSnapshot();
      const play = new Play(table, seed);
      const { random, model, parties } = play;
      await play.create();
      for (let action = 0; action < ACTIONS; action++) {
        if (random.below(4) === 0) await time.increase(1 + random.below(12));
        model.advance((await time.latest()) + 1 - play.start);
        const by = random.below(parties.length);
        const known = [...model.answers(by, parties[by]), ...model.moves(by, parties[by])];
        const moves = random.below(3) === 0 ? wildMoves(model, random, parties[by]) : known;
        const playable = moves.filter(({ kind }) => !["create", "resolve", "claimCredit"].includes(kind));
        if (playable.length === 0) continue;
        if (await play.both(by, random.pick(playable))) made++;
        else refused++;
        if (action % 10 === 0) await expectHeld(table.queue, expectedOfClaims(await table.follow()));
      }
      await play.compare();
      await play.settle();
      await play.compare();
      await expectHeld(table.queue, expectedOfClaims(await table.follow()));
      await snapshot.restore();
      table.rewind();
    }
    console.log(`      ${SEEDS} games: ${made} moves made, ${refused} refused, by both alike`);
    expect(made).to.be.above(10 * SEEDS);
    expect(refused).to.be.above(SEEDS);
  });
});
