import { expect } from "chai";
import {
  blocksOf,
  clocksAt,
  deepest,
  disputeOfEvent,
  pursesOf,
  refutedIn,
  rowsOf,
  spanOf,
  stepOf,
  treesAt,
  verdictOf,
  type PlayedEvent,
  type Rules,
} from "../../explorer/web/disputes/claims/history";
import { describeContest, describeMove, leafName } from "../../explorer/web/disputes/claims/words";
import { GameHistory } from "../../explorer/web/disputes/history";
import { ClaimsReplica } from "../../games/claims/replica";
import type { Hex } from "../../protocol/types";

/** Two runs of four steps; the split is at depth 1, the bottom at depth 4. */
const RULES: Rules = {
  ...{ heights: [1, 1, 1], bonds: [1n, 2n, 4n, 8n, 16n], maxClockSeconds: 100, extensionSeconds: 5 },
};
const word = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;
const account = (value: number): Hex => `0x${value.toString(16).padStart(40, "0")}`;
const [HONEST, LIAR] = [account(1), account(2)];
const [TRUTH, LIE] = [word(100), word(101)];

function assertion(id: Hex, index: number, staker: Hex): PlayedEvent {
  const zero = word(0);
  const origin = { above: zero, start: zero, inbox: zero };
  const childInbox = { batchCount: 0, lastBatch: zero, delayedCount: 0, lastDelayed: zero };
  const info = { id, parent: zero, index, game: account(9), root: id, outputRoot: id, l2BlockNumber: 2, origin };
  return { kind: "AssertionAdded", staker, assertion: { ...info, childInbox } };
}

function claim(index: number, claimant: Hex, parent: number, position: number, used = 0): PlayedEvent {
  return { kind: "ClaimMade", assertion: LIE, index, claimant, parent, position, value: word(index), used };
}

/** A lie in the second step of the second run, answered down to that step; at 10 seconds a move. */
const EVENTS: readonly PlayedEvent[] = [
  assertion(TRUTH, 0, HONEST),
  assertion(LIE, 1, LIAR),
  claim(1, HONEST, 0, 2, 10),
  claim(2, LIAR, 1, 6, 10),
  claim(3, HONEST, 2, 12, 20),
  claim(4, LIAR, 3, 24, 20),
  { kind: "StepPlayed", assertion: LIE, index: 4, stepper: HONEST, isAttack: false },
];
const ENDED: readonly PlayedEvent[] = [
  ...EVENTS,
  { kind: "ClaimResolved", assertion: LIE, index: 4, payee: HONEST, bond: 16n },
  { kind: "ClaimResolved", assertion: LIE, index: 3, payee: HONEST, bond: 8n },
  { kind: "ClaimResolved", assertion: TRUTH, index: 0, payee: HONEST, bond: 1n },
  { kind: "Confirmed", assertion: TRUTH },
];

function play(events: readonly PlayedEvent[]) {
  const history = new GameHistory<PlayedEvent, ClaimsReplica>({
    createReplica: () => new ClaimsReplica(),
    disputeOf: (event, replica) => disputeOfEvent(event, replica, RULES.heights),
  });
  history.append(events.map((event, i) => ({ event, time: 10 * i, l1Block: i, transaction: word(i) })));
  return history;
}

function shown(events: readonly PlayedEvent[]) {
  const history = play(events);
  const replica = history.at(events.length);
  const place = disputeOfEvent(events[0], replica, RULES.heights)!;
  const trees = treesAt(replica, place, RULES.heights);
  return { history, replica, place, trees, tree: trees[1] };
}

describe("explorer: what the page makes of a game of claims", () => {
  it("says what a claim at each depth is about, to the leaf", () => {
    const { heights } = RULES;
    expect(spanOf(1, heights)).to.deep.equal({ run: null, first: 0, last: 1, whole: 2 });
    expect(spanOf(2, heights)).to.deep.equal({ run: null, first: 0, last: 0, whole: 2 });
    expect(spanOf(3, heights)).to.deep.equal({ run: null, first: 1, last: 1, whole: 2 });
    // The root of a trace, its halves, its leaves.
    expect(spanOf(4, heights)).to.deep.equal({ run: 0, first: 0, last: 3, whole: 4 });
    expect(spanOf(6, heights)).to.deep.equal({ run: 1, first: 0, last: 3, whole: 4 });
    expect(spanOf(12, heights)).to.deep.equal({ run: 1, first: 0, last: 1, whole: 4 });
    expect(spanOf(24, heights)).to.deep.equal({ run: 1, first: 0, last: 0, whole: 4 });
    expect(spanOf(27, heights)).to.deep.equal({ run: 1, first: 3, last: 3, whole: 4 });
  });

  it("draws each claim before its answers, tells attack from defence, and branches from the first answer", () => {
    const freeloader = claim(5, LIAR, 0, 2);
    const { tree } = shown([...EVENTS, freeloader]);
    const rows = rowsOf(tree, RULES.heights);
    expect(rows.map(({ index, does, branch, state }) => [index, does, branch, state])).to.deep.equal([
      [0, "asserts", 0, "open"],
      [1, "attacks", 0, "open"],
      [2, "defends", 0, "open"],
      [3, "attacks", 0, "open"],
      [4, "attacks", 0, "disproved"],
      [5, "attacks", 1, "open"],
    ]);
    expect(deepest(tree)).to.equal(4);
    // Made at 50 s; its opponents had used 20 s by the claim above it.
    expect(clocksAt(tree, 4, 57)).to.deep.equal({ own: 20, against: 27 });
  });

  it("knows both assertions of a place, and its moves alone", () => {
    const { history, place, trees } = shown(EVENTS);
    expect(trees.map(({ assertion: { index } }) => index)).to.deep.equal([0, 1]);
    expect(history.movesOf(place)).to.deep.equal(EVENTS.map((_, i) => i));
    expect(history.movesOf(word(5))).to.deep.equal([]);
    expect(history.at(3).trees.get(LIE)!.claims).to.have.length(2);
    expect(history.at(2).trees.get(LIE)!.claims).to.have.length(1);
  });

  it("names the step that L1 executed: the claim's own where it is attacked, the next where it is defended", () => {
    const { replica } = shown(EVENTS);
    const step = EVENTS.at(-1)!;
    if (step.kind !== "StepPlayed") throw new Error("the last move is a step");
    expect(stepOf(replica, step, RULES.heights)).to.deep.equal({ instruction: 1n, l2Block: 2 });
    const played = { event: step, time: 0, l1Block: 0, transaction: word(0) };
    expect(refutedIn(replica, played)).to.deep.equal([LIAR]);
    expect(refutedIn(replica, undefined)).to.deep.equal([]);
    for (const isAttack of [true, null])
      expect(stepOf(replica, { ...step, isAttack }, RULES.heights)).to.deep.equal({ instruction: 0n, l2Block: 2 });
  });

  it("says where the game stands, and in the end who won by what", () => {
    const alone = shown(EVENTS.slice(0, 1));
    expect(describeContest(alone.replica, alone.trees, alone.trees[0], RULES)).to.equal(null);
    const two = shown(EVENTS.slice(0, 2));
    expect(describeContest(two.replica, two.trees, two.tree, RULES)).to.contain("2 assertions contradict");
    const going = shown(EVENTS.slice(0, 5));
    expect(describeContest(going.replica, going.trees, going.tree, RULES)).to.equal(
      "in question is the machine after instruction 1 of block 2’s run",
    );
    expect(blocksOf(going.replica, going.trees, RULES.heights)).to.deep.equal([2, 2]);
    const open = { winner: null, losers: [], by: null, place: null };
    expect(verdictOf(going.replica, going.trees, going.history.moves, RULES.heights)).to.deep.equal(open);
    const { replica, trees, history } = shown(ENDED);
    expect(verdictOf(replica, trees, history.moves, RULES.heights)).to.deep.equal({
      ...{ winner: HONEST, losers: [LIAR], by: "proof", place: { instruction: 1n, l2Block: 2 } },
    });
    const unplayed = shown(ENDED.filter(({ kind }) => ["AssertionAdded", "Confirmed"].includes(kind)));
    expect(verdictOf(unplayed.replica, unplayed.trees, unplayed.history.moves, RULES.heights)).to.deep.equal({
      ...{ winner: HONEST, losers: [LIAR], by: "time", place: null },
    });
  });

  it("counts who paid whom: a bond goes back, or to who countered the claim", () => {
    const { replica, history } = shown(ENDED);
    expect(pursesOf(replica, history.moves, RULES)).to.deep.equal({
      purses: [
        { account: HONEST, staked: 1n + 2n + 8n, back: 8n + 1n, lost: 0n, burnt: 0n, paid: 16n },
        { account: LIAR, staked: 1n + 4n + 16n, back: 0n, lost: 16n, burnt: 0n, paid: 0n },
      ],
      passed: 16n,
    });
  });

  it("names no block behind the last that is asserted: places behind it repeat that one", () => {
    const span = { run: null, first: 0, last: 15, whole: 16 };
    expect(leafName(span, { before: 4, end: 20 })).to.equal("the state after L2 block 20");
    expect(leafName(span, { before: 4, end: 6 })).to.equal("the state after L2 block 6, which place 16 repeats");
  });

  it("puts each move into words", () => {
    const { replica } = shown(ENDED);
    const words = ENDED.map((event) => describeMove(event, replica, RULES).what);
    expect(words[2]).to.equal("denies claim 0: claim 1 says what is the state after L2 block 1 (assertion 1)");
    expect(words[3]).to.equal(
      "agrees with claim 1, not with what follows: claim 2 says what is the machine at the end of block 2’s run (assertion 1)",
    );
    expect(words[6]).to.contain("instruction 1 of the run that makes L2 block 2: claim 4 is disproved");
    expect(words[7]).to.contain("which has fallen");
    expect(words[8]).to.contain("claim 3 stands");
    expect(words.at(-1)).to.equal("is right: assertion 0 is confirmed");
  });
});
