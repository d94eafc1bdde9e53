import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { AuditHistory, type AuditPoint } from "../../verifier/audit/auditHistory";
import { devAccount, roleNames, ROLES } from "../../devnet/accounts";
import { withUnit } from "../../explorer/web/chain/withUnit";
import { amountOf, duration, ether, plural, units } from "../../explorer/web/format";
import { PROMISES } from "../../explorer/web/money/promises";
import { usuallyCoveredAt } from "../../explorer/web/money/usual";

const THREAT_MODEL = join(__dirname, "..", "..", "docs", "threat-model.md");

describe("explorer: words and figures", () => {
  it("quotes the threat model word for word", () => {
    // Without the marks of links, code and emphasis.
    const text = readFileSync(THREAT_MODEL, "utf8")
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/[`*]/g, "")
      .replace(/\s+/g, " ");
    for (const said of Object.values(PROMISES)) expect(text).to.contain(said.split(": ").at(-1));
  });

  it("says when an assertion usually comes, by those before, lies and one long pause left out", () => {
    const at = (created: number, onChain = true) => ({ created, onChain });
    const steady = [at(160), at(150), at(151, false), at(140), at(130)];
    expect(usuallyCoveredAt(steady, true)).to.equal(170);
    // What is not on L1 yet may miss the next one.
    expect(usuallyCoveredAt(steady, false)).to.equal(180);
    expect(usuallyCoveredAt([at(9_060), at(9_050), at(9_039), at(30), at(20), at(8)], true)).to.equal(9_072);
    for (const few of [[], [at(5)], [at(5), at(9, false)]]) expect(usuallyCoveredAt(few, true)).to.equal(null);
  });

  for (const [name, answer, text] of [
    ["genesisBalance", "1000000000000000000001", "1,000.000000000000000001 ether"],
    ["challengePeriod", "200", "3 min 20 s"],
    ["disputeGameFinalityDelaySeconds", "0", "0 s"],
    ["delayedCount", "12", "12"],
    ["deposited by whom", "12", "12"],
  ])
    it(`says that ${name} is ${text}`, () => expect(withUnit(name, answer)).to.equal(text));

  it("names an account of a devnet by the part that it plays there", () => {
    const names = roleNames(true, 3);
    const nameOf = (index: number): string | undefined =>
      names[devAccount(index).address.toLowerCase() as `0x${string}`];
    expect([ROLES.liar, ROLES.challenger, ROLES.feeRecipient, 17, 18].map(nameOf)).to.deep.equal([
      "liar",
      "challenger",
      "fee recipient",
      "challenger 3",
      "sequencer 2",
    ]);
    expect([0, 9].map(nameOf)).to.deep.equal([undefined, undefined]);
  });

  for (const [value, decimals, text] of [
    ["0x0", 18, "0"],
    ["0xde0b6b3a7640000", 18, "1"],
    [-5n * 10n ** 17n, 18, "-0.5"],
    ["0x-5", 0, "-5"],
    [1_234_567n, 0, "1,234,567"],
    [1n, 18, "0.000000000000000001"],
  ] as const)
    it(`writes ${value} with ${decimals} decimals as ${text}`, () => expect(units(value, decimals)).to.equal(text));

  for (const [wei, text] of [
    [0n, "0 ether"],
    [1n, "1 wei"],
    [999_999_999n, "999,999,999 wei"],
    [10n ** 9n, "1 gwei"],
    [999_999_999_999n, "999.99 gwei"],
    [10n ** 12n, "0.000001 ether"],
    [1_234_567_999_999_999_999n, "1.234567 ether"],
    [30n * 10n ** 18n, "30 ether"],
  ] as const)
    it(`says ${text} of ${wei} wei`, () => expect(ether(wei)).to.equal(text));

  it("says one match and two matches", () => {
    expect([0, 1, 2].map((value) => plural(value, "match", "matches"))).to.deep.equal([
      "0 matches",
      "1 match",
      "2 matches",
    ]);
    expect([1, 1_000].map((value) => plural(value, "edge"))).to.deep.equal(["1 edge", "1,000 edges"]);
  });

  it("reads an amount below zero as the node writes it", () => {
    expect(amountOf(`0x${(-255n).toString(16)}`)).to.equal(-255n);
  });

  it("says durations as people do", () => {
    expect([0, 45, 200, 7_500, 532_800].map(duration)).to.deep.equal([
      "0 s",
      "45 s",
      "3 min 20 s",
      "2 h 5 min",
      "6 d 4 h",
    ]);
  });
});

describe("verifier: the books over time", () => {
  const at = (block: number, escrow: bigint): Parameters<AuditHistory["add"]>[0] => ({
    l1Block: { number: block },
    l2Block: { number: block },
    assets: [
      {
        asset: "ether",
        escrow,
        supply: 1n,
        withdrawalsUnderWay: 0n,
        depositsUnderWay: 0n,
        exited: 0n,
        surplus: escrow - 1n,
      },
    ],
  });
  const seen = (history: AuditHistory): [number, bigint][] =>
    history.points.map(({ l2Block, assets }: AuditPoint) => [l2Block, assets[0].escrow]);

  it("keeps every change, and of a stretch without one its two ends", () => {
    const history = new AuditHistory();
    [5n, 5n, 5n, 5n, 7n, 7n, 7n, 6n].forEach((escrow, block) => history.add(at(block, escrow), block));
    expect(seen(history)).to.deep.equal([
      [0, 5n],
      [3, 5n],
      [4, 7n],
      [6, 7n],
      [7, 6n],
    ]);
  });

  it("forgets what lies behind the block that L2 is back at", () => {
    const history = new AuditHistory();
    [1n, 2n, 3n].forEach((escrow, block) => history.add(at(block, escrow), block));
    history.add(at(1, 9n), 1);
    expect(seen(history)).to.deep.equal([
      [0, 1n],
      [1, 2n],
      [1, 9n],
    ]);
  });

  it("stays within its bound for ever, with the first and the last point", () => {
    const history = new AuditHistory();
    for (let block = 0; block < 10_000; block++) history.add(at(block, BigInt(block)), block);
    expect(history.points.length).to.be.within(500, 1_024);
    expect([history.points[0].l2Block, history.points.at(-1)!.l2Block]).to.deep.equal([0, 9_999]);
  });
});
