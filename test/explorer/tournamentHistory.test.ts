import { expect } from "chai";
import { GameHistory } from "../../explorer/web/disputes/history";
import {
  answerersOf,
  disputeOfEvent,
  flowsOf,
  isFrozen,
  isLostByBoth,
  refutedIn,
  stepOf,
  steppedIn,
  verdictOf,
} from "../../explorer/web/disputes/tournament/history";
import { describeContest, describeFlows, describeMove, sizeOf } from "../../explorer/web/disputes/tournament/words";
import { describeVerdict } from "../../explorer/web/disputes/words";
import { assertionPlace } from "../../games/names";
import type { TournamentEvent } from "../../games/tournament/events";
import { TournamentReplica } from "../../games/tournament/replica";
import type { TournamentParameters } from "../../games/tournament/types";
import type { Hex } from "../../protocol/types";
import { ZERO_HASH } from "../../protocol";

/** One run of two stretches with two steps: each match is sealed at once. */
const RULES: TournamentParameters = { heights: [1, 1, 1], bonds: [10n, 6n, 3n], allowanceSeconds: 100 };
const word = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;
const account = (value: number): Hex => `0x${value.toString(16).padStart(40, "0")}`;
const [HONEST, LIAR] = [account(1), account(2)];
const ORIGIN = { above: word(9), start: word(8), inbox: word(7) };
const TOP = assertionPlace(ORIGIN, RULES.heights[0]);
const [MIDDLE, BOTTOM] = [word(50), word(51)];

function assertion(root: Hex, index: number, staker: Hex): TournamentEvent {
  const zero = word(0);
  const childInbox = { batchCount: 0, lastBatch: zero, delayedCount: 0, lastDelayed: zero };
  const info = { id: root, parent: zero, index, game: account(9), root, outputRoot: root, l2BlockNumber: 2 };
  return { kind: "AssertionAdded", staker, assertion: { ...info, origin: ORIGIN, childInbox } };
}

function joined(tournament: Hex, root: Hex, claimer: Hex): TournamentEvent {
  const [left, right] = [word(200), word(201)];
  return { kind: "Joined", tournament, root, claimer, last: word(202), left, right, clock: 100 };
}

/** A tournament of two sides, up to where its match may be sealed. */
function contest(tournament: Hex, above: Hex, level: 0 | 1 | 2): TournamentEvent[] {
  const [one, two, matchId] = [word(10 + level), word(20 + level), word(30 + level)];
  return [
    { kind: "TournamentOpened", tournament, above, level, allowance: 100, initial: word(60) },
    joined(tournament, one, HONEST),
    joined(tournament, two, LIAR),
    { kind: "Paired", tournament, matchId, one, two },
  ];
}

/** The first leaf that differs is the second one. */
function sealed(level: 0 | 1 | 2): TournamentEvent {
  const leaves = { agreed: word(40), leafOfOne: word(41), leafOfTwo: word(42) };
  return { kind: "Sealed", matchId: word(30 + level), ...leaves, position: 1, clock: 90 };
}

const [opened, joinedOne, joinedTwo, paired] = contest(TOP, ZERO_HASH, 0);
const [openedMiddle, ...middle] = contest(MIDDLE, word(30), 1);
const [openedBottom, ...bottom] = contest(BOTTOM, word(31), 2);

/** In L1's order: an assertion comes after the joining of its root, a seal after the opening of the tournament below. */
const DOWN: readonly TournamentEvent[] = [
  ...[opened, joinedOne, assertion(word(10), 1, HONEST), joinedTwo, assertion(word(20), 2, LIAR), paired],
  ...[openedMiddle, sealed(0), ...middle],
  ...[openedBottom, sealed(1), ...bottom, sealed(2)],
  { kind: "MatchEnded", matchId: word(32), survivor: word(12), clock: 80 },
];

function settled(tournament: Hex, winner: Hex | null, burnt: bigint, prize = 0n): TournamentEvent {
  return {
    kind: "Settled",
    tournament,
    winner,
    claimer: winner === null ? account(0) : HONEST,
    bond: 3n,
    prize,
    burnt,
  };
}

const WON: readonly TournamentEvent[] = [
  ...DOWN,
  settled(BOTTOM, word(12), 2n, 1n),
  { kind: "MatchEnded", matchId: word(31), survivor: word(11), clock: 80 },
  settled(MIDDLE, word(11), 6n),
  { kind: "MatchEnded", matchId: word(30), survivor: word(10), clock: 80 },
  settled(TOP, word(10), 10n),
];

/** Who won below does not carry it up in time. */
const FROZEN: readonly TournamentEvent[] = [
  ...DOWN,
  { kind: "MatchEnded", matchId: word(31), survivor: null, clock: 0 },
  settled(MIDDLE, null, 11n),
  { kind: "MatchEnded", matchId: word(30), survivor: null, clock: 0 },
];

function historyOf(events: readonly TournamentEvent[]) {
  const { heights } = RULES;
  const history = new GameHistory<TournamentEvent, TournamentReplica>({
    createReplica: () => new TournamentReplica({ heights }),
    disputeOf: (event, replica) => disputeOfEvent(event, replica, heights),
  });
  history.append(events.map((event, i) => ({ event, time: i, l1Block: i, transaction: word(i) })));
  return { history, replica: history.at(events.length) };
}

describe("explorer: a tournament as its logs tell it", () => {
  it("is won by the step of L1, at the instruction that the levels come down to", () => {
    const { history, replica } = historyOf(WON);
    const verdict = verdictOf(replica, TOP, RULES.heights);
    expect(verdict).to.deep.include({ winner: HONEST, losers: [LIAR], by: "proof" });
    // Stretch 1 of two steps, step 1 in it; of run 1.
    expect(verdict.place).to.deep.equal({ instruction: 3n, l2Block: 2 });
    expect(stepOf(replica, steppedIn(replica, TOP)!, RULES.heights)).to.deep.equal(verdict.place);
    expect(refutedIn(replica, steppedIn(replica, TOP)!)).to.deep.equal([LIAR]);
    expect(isFrozen(replica.tournaments.get(TOP)!)).to.equal(false);
    expect(history.movesOf(TOP)).to.have.length(WON.length);
    expect(describeVerdict(verdict, null, 100)).to.match(
      / won because L1 executed the one disputed instruction itself/,
    );
  });

  it("says who answered, which no log does: in turns, and who waited is first", () => {
    const { history, replica } = historyOf(WON);
    const answerers = answerersOf(replica, history.moves);
    const seal = WON.find(({ kind }) => kind === "Sealed")!;
    expect(answerers.get(seal)).to.equal(HONEST);
    expect(describeMove(seal, replica, RULES, answerers)).to.deep.equal({
      who: HONEST,
      what: "seals the first difference: run 1",
    });
    const half = { kind: "Advanced", matchId: word(30), left: word(1), right: word(2), clock: 100 } as const;
    const moves = [half, { ...half }, { ...half }].map((event, time) => ({
      event,
      time,
      l1Block: 0,
      transaction: word(0),
    }));
    const turns = answerersOf(replica, moves);
    expect(moves.map(({ event }) => turns.get(event))).to.deep.equal([HONEST, LIAR, HONEST]);
  });

  it("has a sentence for every move, with nothing undefined in it", () => {
    for (const events of [WON, FROZEN]) {
      const { history, replica } = historyOf(events);
      const answerers = answerersOf(replica, history.moves);
      for (const { event } of history.moves)
        expect(describeMove(event, replica, RULES, answerers).what, event.kind)
          .to.match(/^\w.*[^ ]$/)
          .and.not.match(/undefined|NaN/);
      expect(sizeOf(replica)).to.equal("2 assertions, 3 tournaments, 3 matches");
      expect(describeContest(replica, TOP, RULES)).to.equal("narrowed down to step 1");
    }
  });

  it("counts what a loser lost, and of that what was burnt, to the wei", () => {
    const { history, replica } = historyOf(WON);
    const { purses, burnt } = flowsOf(replica, history.moves, RULES);
    expect(burnt).to.equal(18n);
    const of = (who: Hex) => purses.find((purse) => purse.account === who)!;
    expect(of(LIAR)).to.deep.include({ staked: 19n, lost: 19n, burnt: 18n, back: 0n });
    expect(of(HONEST)).to.deep.include({ staked: 19n, lost: 0n, burnt: 0n, paid: 1n });
  });

  it("says of a refund that it is paid before anybody has lost, and of prizes and what is burnt only once a tournament is settled", () => {
    const refund: TournamentEvent = { kind: "Refunded", tournament: TOP, account: LIAR, amount: 4n };
    const contested = [...DOWN, refund];
    const { history, replica } = historyOf(contested);
    const before = flowsOf(replica, history.moves, RULES);
    expect(before).to.deep.include({ refunded: 4n, prizes: 0n, burnt: 0n, isAnySettled: false });
    expect(before.purses.find(({ account: who }) => who === LIAR)).to.deep.include({ paid: 4n, lost: 0n });
    expect(describeFlows(before, RULES.bonds)).to.match(/4 wei so far\. Nobody has lost a bond yet/);
    const won = historyOf([...contested, ...WON.slice(DOWN.length)]);
    const after = flowsOf(won.replica, won.history.moves, RULES);
    expect(after).to.deep.include({ refunded: 4n, prizes: 1n, burnt: 18n, isAnySettled: true });
    expect(describeFlows(after, RULES.bonds))
      .to.match(/1 wei of prizes, 18 wei burnt\.$/)
      .and.not.match(/Nobody has lost/);
  });

  it("shares what is burnt among all losers, an odd wei included", () => {
    const { history, replica } = historyOf(FROZEN);
    const { purses, burnt } = flowsOf(replica, history.moves, RULES);
    expect(purses.reduce((sum, purse) => sum + purse.burnt, 0n))
      .to.equal(burnt)
      .and.equal(11n);
  });

  it("says that nobody won where both sides are out, though L1 has executed a step", () => {
    const { replica } = historyOf(FROZEN);
    const top = replica.tournaments.get(TOP)!;
    expect(isFrozen(top)).to.equal(true);
    const verdict = verdictOf(replica, TOP, RULES.heights);
    expect(verdict).to.deep.include({ winner: null, losers: [], by: "frozen" });
    expect(describeVerdict(verdict, "narrowed down", 100)).to.match(/^Nobody won: .* frozen/);
    const [match0, , match2] = [...replica.matches.values()];
    expect(isLostByBoth(match0, top)).to.equal(true);
    // The last level has a winner.
    expect(isLostByBoth(match2, replica.tournaments.get(BOTTOM)!)).to.equal(false);
  });
});
