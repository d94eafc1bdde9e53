import { expect } from "chai";
import { FAULT_KINDS, parseFault } from "../../adversary/faults";
import { deploymentWarnings, parseDeploymentConfig, requireEdges } from "../../deployment";
import { explain } from "../../deployment/explain";

const ANYONE = `0x${"11".repeat(20)}`;
const parse = (game: object) => parseDeploymentConfig({ sequencer: ANYONE, feeRecipient: ANYONE, game } as never);

describe("Deployment: which game", () => {
  it("takes the OP Stack's bonds for claims, says what is worse there, and reads back what it wrote", () => {
    const config = parse({ type: "claims" });
    expect(config.game).to.deep.include({
      type: "claims",
      bond: 8n * 10n ** 16n,
      bondGrowth: 1_094_930_000_000_000_000n,
    });
    expect(config.game).not.to.have.property("stakes");
    expect(parse(config.game).game).to.deep.equal(config.game);
    expect(parse(parse({}).game).game).to.deep.equal(parse({ type: "edges" }).game);
    expect(deploymentWarnings(config).join()).to.match(/game\.type: claims; .*nobody exits from a program that traps/);
  });

  it("reckons the worst delay of claims as two clocks and an extension an answer", () => {
    const config = parse({ type: "claims", heights: [16, 17, 17], challengePeriod: 604_800, responseTime: 3_600 });
    const { withdrawalSeconds, withdrawalMostSeconds } = explain(config);
    expect(withdrawalSeconds).to.equal(604_800);
    expect(withdrawalMostSeconds).to.equal(Number(config.forceDelay) + 2 * 604_800 + 53 * 3_600);
    expect(() => requireEdges(config.game, "a figure")).to.throw(
      /game\.type: a figure is known for the game `edges` alone/,
    );
  });

  for (const [what, game, says] of [
    ["a game that there is not", { type: "tombola" }, /game\.type: .*"edges".*"claims"/],
    [
      "stakes of edges in a game of claims",
      { type: "claims", stakes: [3, 2, 1] },
      /game\.stakes: is read by the game `edges` alone/,
    ],
    ["bonds of claims in a game of edges", { bond: 1 }, /game\.bond: is read by the game `claims` alone/],
    ["a growth of bonds below one", { type: "claims", bondGrowth: 10n ** 18n - 1n }, /game\.bondGrowth: must be from/],
    [
      "claims one deeper than nodes can count",
      { type: "claims", heights: [16, 18, 18] },
      /game\.heights: must be at most 51 together/,
    ],
  ] as const)
    it(`refuses ${what}, by the key's name`, () => expect(() => parse(game)).to.throw(says));

  it("takes claims exactly as deep as nodes can count", () => {
    expect(parse({ type: "claims", heights: [16, 18, 17] }).game.heights).to.deep.equal([16n, 18n, 17n]);
  });

  it("has no lie about histories in a game of claims, and names those that there are", () => {
    const context = { seed: 1, account: `0x${"22".repeat(20)}`, amountWei: 1n } as const;
    for (const kind of ["garbage", "copied-history", "spam"])
      expect(() => parseFault(kind, context, "claims"), kind).to.throw(
        /commits to its last output root alone; there are wrong-state/,
      );
    for (const kind of FAULT_KINDS.filter(
      (one) => !["garbage", "copied-history", "spam", "other-program"].includes(one),
    ))
      expect(() => parseFault(kind, context, "claims"), kind).not.to.throw();
  });
});
