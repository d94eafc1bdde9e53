import { expect } from "chai";
import { parseEther } from "ethers";
import type { AssertionStatus } from "../../../games/game";
import { agreementOf } from "../../../verifier/audit/agreement";
import { guardOf, payoutOf, warningsOf } from "../../../verifier/audit/outlook";

const PERIOD = 100;
const NOW = 1_000;
const HOLD = 30;
const WITHDRAWAL = { hash: "0xaa", block: 10 } as const;

/** Numbers are places in the list, and ids. An assertion is true if its output root is `0x01`. */
function assertion(
  index: number,
  parent: number,
  l2BlockNumber: number,
  part: Partial<AssertionStatus> & { isFalse?: boolean } = {},
): AssertionStatus {
  const { isFalse, ...rest } = part;
  const info = { index, id: `0x${index}`, parent: `0x${parent}`, l2BlockNumber, outputRoot: isFalse ? "0x02" : "0x01" };
  const standing = {
    status: "open",
    created: 900 + index,
    timerSeconds: 40,
    isRivalled: false,
    staker: "0x5a",
  } as const;
  return { info, place: `0xa${index}`, ...standing, ...rest } as unknown as AssertionStatus;
}

const isTrue = ({ info }: AssertionStatus): boolean => info.outputRoot === "0x01";
const gameOf = (assertions: AssertionStatus[]) => ({
  assertions: () => assertions,
  challengePeriodSeconds: PERIOD,
  nowSeconds: NOW,
});
const payout = (...assertions: AssertionStatus[]) => payoutOf(gameOf(assertions), WITHDRAWAL, isTrue, HOLD);
const warned = (...assertions: AssertionStatus[]) =>
  warningsOf(gameOf(assertions), isTrue).map(({ name, assertion: index }) => [name, index]);

describe("the audit's outlook", () => {
  it("warns of open assertions that are false, and of true ones that are disputed, and of nothing that is decided", () => {
    expect(warned(assertion(1, 0, 9), assertion(2, 1, 12))).to.deep.equal([]);
    expect(warned(assertion(1, 0, 9, { isFalse: true }), assertion(2, 0, 9, { isRivalled: true }))).to.deep.equal([
      ["false-root", 1],
      ["disputed", 2],
    ]);
    // A false one with a rival is false.
    expect(warned(assertion(1, 0, 9, { isFalse: true, isRivalled: true }))).to.deep.equal([["false-root", 1]]);
    for (const status of ["confirmed", "slashed"] as const) {
      const one = assertion(1, 0, 9, { status, isFalse: true, isRivalled: true });
      expect(warned(one)).to.deep.equal([]);
    }
    // What stands beside a winner, or on a loser, is lost without being slashed.
    const beside = [
      assertion(1, 0, 9, { status: "confirmed", place: "0xb" }),
      assertion(2, 0, 9, { isFalse: true, place: "0xb" }),
    ];
    const child = assertion(3, 2, 12, { isFalse: true, place: "0xc" });
    expect(warned(...beside, child, assertion(4, 3, 13, { isFalse: true, place: "0xd" }))).to.deep.equal([]);
    expect(
      warned(assertion(1, 0, 9, { status: "slashed", isFalse: true }), assertion(2, 1, 9, { isFalse: true })),
    ).to.deep.equal([]);
    const [{ text }] = warningsOf(gameOf([assertion(3, 0, 9, { isFalse: true })]), isTrue);
    expect(text).to.equal("assertion 3 by 0x5a ends at block 9 with 0x02, which is not this chain's");
  });

  const cases: [what: string, assertions: AssertionStatus[], found: [number | null, number | null, number | null]][] = [
    ["nothing while none covers it", [assertion(1, 0, 9)], [null, null, null]],
    ["from the oldest that ends at its block", [assertion(1, 0, 9), assertion(2, 1, 10)], [2, 1_060, 1_132]],
    ["not from a false one", [assertion(1, 0, 10, { isFalse: true }), assertion(2, 0, 11)], [2, 1_060, 1_132]],
    [
      "not from one that has lost",
      [assertion(1, 0, 10, { status: "slashed" }), assertion(2, 0, 11)],
      [2, 1_060, 1_132],
    ],
    ["now where it is confirmed", [assertion(1, 0, 10, { status: "confirmed", timerSeconds: 100 })], [1, 901, 1_131]],
    ["now where a step has proven it", [assertion(1, 0, 10, { timerSeconds: 2 ** 40 - 1 })], [1, 1_000, 1_131]],
    ["by the bound alone while it is disputed", [assertion(1, 0, 10, { isRivalled: true })], [1, null, 1_131]],
    [
      "by the bound alone while one below it is disputed",
      [assertion(1, 0, 9, { isRivalled: true }), assertion(2, 1, 10)],
      [2, null, 1_132],
    ],
    [
      "after those below it, that have earned less",
      [assertion(1, 0, 9, { timerSeconds: 7 }), assertion(2, 1, 10)],
      [2, 1_093, 1_132],
    ],
    [
      "not after one below it that is confirmed",
      [assertion(1, 0, 9, { timerSeconds: 7, status: "confirmed" }), assertion(2, 1, 10)],
      [2, 1_060, 1_132],
    ],
  ];
  for (const [what, assertions, [index, payableAt, latestAt]] of cases)
    it(`expects a payment: ${what}`, () =>
      expect(payout(...assertions)).to.deep.equal({ ...WITHDRAWAL, assertion: index, payableAt, latestAt }));

  it("says what honest parties must have ready, by the least ratio of stakes, rounded up", () => {
    const stakes = [parseEther("60"), parseEther("6"), parseEther("1")];
    expect(guardOf(stakes, parseEther("12"))).to.deep.equal({
      stake: stakes[0],
      ratio: 6,
      readyEther: parseEther("2"),
    });
    expect(guardOf([10n, 3n, 1n], 10n)).to.deep.equal({ stake: 10n, ratio: 3, readyEther: 4n });
    expect(guardOf([5n], 10n)).to.deep.equal({ stake: 5n, ratio: null, readyEther: null });
  });
});

describe("the audit's agreement", () => {
  const counted = (...assertions: AssertionStatus[]): Record<string, number> => {
    const { counts } = agreementOf(assertions, isTrue);
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  };
  const lie = { isFalse: true, place: "0xb" } as const;

  it("has the defender ahead while no rival at its place has more time", () => {
    expect(counted(assertion(1, 0, 9))).to.deep.equal({ agree_defender_ahead: 1 });
    const truth = assertion(1, 0, 9, { place: "0xb", timerSeconds: 40 });
    expect(counted(truth, assertion(2, 0, 9, { ...lie, timerSeconds: 39 }))).to.deep.equal({
      agree_defender_ahead: 1,
      disagree_challenger_ahead: 1,
    });
    expect(counted(truth, assertion(2, 0, 9, { ...lie, timerSeconds: 41 }))).to.deep.equal({
      agree_challenger_ahead: 1,
      disagree_defender_ahead: 1,
    });
    // A proven step outweighs every clock.
    const proven = assertion(1, 0, 9, { place: "0xb", timerSeconds: 1, status: "proven" });
    expect(counted(proven, assertion(2, 0, 9, { ...lie, timerSeconds: 99 }))).to.deep.equal({
      agree_defender_ahead: 1,
      disagree_challenger_ahead: 1,
    });
  });

  it("counts what is decided, a loser's children and what stands beside a winner with it", () => {
    const winner = assertion(1, 0, 9, { place: "0xb", status: "confirmed", timerSeconds: 0 });
    const loser = assertion(2, 0, 9, { ...lie, timerSeconds: 500 });
    const child = assertion(3, 2, 12, { isFalse: true });
    expect(counted(winner, loser, child)).to.deep.equal({ agree_defender_wins: 1, disagree_challenger_wins: 2 });
    expect(counted(assertion(1, 0, 9, { isFalse: true, status: "confirmed" }))).to.deep.equal({
      disagree_defender_wins: 1,
    });
    expect(counted(assertion(1, 0, 9, { status: "slashed" }))).to.deep.equal({ agree_challenger_wins: 1 });
  });

  it("knows when the newest true and the newest false one were made", () => {
    const { latest } = agreementOf([assertion(1, 0, 9), assertion(2, 1, 12), assertion(3, 0, 9, lie)], isTrue);
    expect(latest).to.deep.equal({ agree: 902, disagree: 903 });
    expect(agreementOf([], isTrue).latest).to.deep.equal({ agree: 0, disagree: 0 });
  });
});
