import { expect } from "chai";
import hre from "hardhat";
import { FAULT_KINDS, parseFault } from "../../adversary/faults";
import { deploymentWarnings, parseDeploymentConfig, requireEdges } from "../../deployment";
import { explain, explainLines } from "../../deployment/explain";
import { buildAndAnswerTime, leastBond } from "../../deployment/tournament";
import { toyArguments, toyOutput, toyOutputRoot } from "../../simulator/truths/toy/machine";

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

  it("takes the least bonds for tournaments, splits the clock into its parts, says what is worse, and reads back what it wrote", () => {
    const config = parse({ type: "tournament" });
    const { game } = config;
    if (game.type !== "tournament") throw new Error("another game");
    expect([game.bonds, game.buildTime]).to.deep.equal([[16n, 17n, 17n].map(leastBond), 7_200n]);
    expect(game.censorshipTime).to.equal(604_800n - 5n * 3_600n - 2n * 7_200n);
    expect(game).not.to.have.any.keys("stakes", "bond", "bondGrowth");
    expect(parse(game).game).to.deep.equal(game);
    expect(deploymentWarnings(config).join()).to.match(/game\.type: tournament; .*nothing is ever confirmed again/);
    const { withdrawalSeconds, withdrawalMostSeconds, risks } = explain(config);
    expect(withdrawalSeconds).to.equal(604_800);
    expect(withdrawalMostSeconds).to.equal(Number(config.forceDelay) + 6 * 604_800 + 50 * 3_600);
    expect(risks.find(({ row }) => row === "proposer failure")!.says).to.contain("0.101 ether");
    expect(explainLines("a title", config).join("\n")).to.match(
      /one rival at each level.*0\.101 \/ 0\.1045 \/ 0\.1045/s,
    );
  });

  it("asks for exactly the bonds and clocks that the contract of tournaments takes", async () => {
    const [h0, h1, h2] = [3n, 2n, 1n];
    const bonds = [h0, h1, h2].map(leastBond);
    const inbox = await hre.ethers.deployContract("ToyInbox");
    const prover = await hre.ethers.deployContract(
      "ToyProver",
      toyArguments(await inbox.getAddress(), { runSteps: 3 }),
    );
    const make = async (change: object) =>
      hre.ethers.deployContract("ToyTournament", [
        {
          ...{ heights: [h0, h1, h2], bonds, censorshipTime: 100, responseTime: 7, buildTime: 11, inbox, prover },
          genesisOutputRoot: toyOutputRoot(toyOutput(0)),
          ...change,
        },
      ]);
    const queue = await make({});
    expect(await queue.challengePeriod()).to.equal(100n + buildAndAnswerTime({ responseTime: 7n, buildTime: 11n }));
    for (const level of [0, 1, 2])
      await expect(
        make({ bonds: bonds.map((bond, at) => (at === level ? bond - 1n : bond)) }),
      ).to.be.revertedWithCustomError(queue, "BadParameter");
  });

  const LEAST = 5n * 3_600n + 2n * 7_200n;
  for (const [what, game, says] of [
    ["a game that there is not", { type: "tombola" }, /game\.type: .*"edges".*"claims".*"tournament"/],
    ["bonds of a tournament in a game of claims", { type: "claims", bonds: [1, 1, 1] }, /game\.bonds: is read by/],
    ["a time to build in a game of edges", { buildTime: 1 }, /game\.buildTime: is read by the game `tournament` alone/],
    [
      "a bond under what refunds can take",
      { type: "tournament", bonds: [leastBond(16n), leastBond(17n) - 1n, leastBond(17n)] },
      /game\.bonds\.1: must be at least 104500000000000000/,
    ],
    [
      "a clock shorter than its parts",
      { type: "tournament", challengePeriod: LEAST - 1n },
      /game\.challengePeriod: must be at least .*32400/,
    ],
    [
      "a censorship time that is not the rest of the clock",
      { type: "tournament", challengePeriod: LEAST + 9n, censorshipTime: 8 },
      /game\.censorshipTime: must be .* 9, or be left out/,
    ],
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

  it("takes a tournament's clock of exactly its parts, and the rest of it as what it is", () => {
    expect(parse({ type: "tournament", challengePeriod: LEAST }).game.censorshipTime).to.equal(0n);
    const whole = parse({ type: "tournament", challengePeriod: LEAST + 9n, censorshipTime: 9 }).game;
    expect(whole.censorshipTime).to.equal(9n);
  });

  it("has every lie in a tournament", () => {
    const context = { seed: 1, account: `0x${"22".repeat(20)}`, amountWei: 1n } as const;
    for (const kind of FAULT_KINDS.filter((one) => one !== "other-program"))
      expect(() => parseFault(kind, context, "tournament"), kind).not.to.throw();
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
