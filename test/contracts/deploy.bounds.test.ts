import { expect } from "chai";
import hre from "hardhat";
import type { Hex } from "../../protocol/types";
import { parseDeploymentConfig, deploySystem, deploymentWarnings, type DeploymentConfigInput } from "../../deployment";
import { MAX_PRECOMPILE_INPUT_BYTES } from "../../deployment/config";
import { SolventError } from "../../protocol/errors";
import { compileOnce } from "../../simulator/boards/contracts/compile";
import { REAL_PROVER, trivialProgram } from "./support/system";

const KEY = "0x00000000000000000000000000000000000000aa";
const VALID = { sequencer: KEY, feeRecipient: KEY };
const DAY = 86_400n;
const HOUR = 3_600n;
const GWEI = 10n ** 9n;
const ETHER = 10n ** 18n;
/** A tournament whose clock is what answers and builds take, by default for the latter. */
const SHORT = { responseTime: 1_000n, challengePeriod: 19_400n };

/** What the schema says of a configuration; null when it takes it. */
function refusal(change: object): string | null {
  try {
    parseDeploymentConfig({ ...VALID, ...change });
    return null;
  } catch (error) {
    if (error instanceof SolventError && error.code === "config-invalid") return error.message;
    throw error;
  }
}

/** The game with one number changed; the others leave it room. */
const game = (change: object) => ({ game: { challengePeriod: 2n ** 32n - 1n, ...change } });

/**
 * Each number of a deployment: the least and the most that is taken, what is wrong with one less and one more.
 * `null`: that side is bounded by the type alone.
 */
const BOUNDS: [key: string, least: bigint | null, most: bigint | null, make: (value: bigint) => object][] = [
  // the program reads 64 bits, nodes 53
  ["chainId", 1n, 2n ** 53n - 1n, (chainId) => ({ chainId })],
  ["blockGasLimit", 1_000_000n, 30_000_000n, (blockGasLimit) => ({ blockGasLimit })],
  ["minimumBaseFee", 0n, 2n ** 64n - 1n, (minimumBaseFee) => ({ minimumBaseFee })],
  ["genesisBaseFee", 0n, 2n ** 64n - 1n, (genesisBaseFee) => ({ genesisBaseFee })],
  // B9: a clock that wraps
  ["timestamp", 0n, 2n ** 40n, (timestamp) => ({ timestamp })],
  ["maxDelay", 1n, 30n * DAY, (maxDelay) => ({ maxDelay })],
  ["maxAhead", 1n, DAY, (maxAhead) => ({ maxAhead })],
  // B8: a step that no transaction on L1 can hold
  ["maxPrecompileInput", 1n, 38_400n, (maxPrecompileInput) => ({ maxPrecompileInput })],
  ["forceDelay", HOUR, 7n * DAY, (forceDelay) => ({ forceDelay })],
  ["forceDelay", 1n, 7n * DAY, (forceDelay) => ({ forceDelay, isDevnet: true })],
  ["data.challengeWindow", HOUR, 7n * DAY, (challengeWindow) => ({ data: { mode: "altda", challengeWindow } })],
  ["data.resolveWindow", HOUR, 7n * DAY, (resolveWindow) => ({ data: { mode: "altda", resolveWindow } })],
  ...(["challengeWindow", "resolveWindow"] as const).map((key): (typeof BOUNDS)[number] => [
    `data.${key}`,
    1n,
    7n * DAY,
    (value) => ({ data: { mode: "altda", [key]: value }, isDevnet: true }),
  ]),
  ["data.challengeBond", 1n, 2n ** 96n - 1n, (challengeBond) => ({ data: { mode: "altda", challengeBond } })],
  ["sums.bond", 64n, 2n ** 96n - 1n, (bond) => ({ sums: { bond, demandPrice: 1 } })],
  ["sums.bond", 64n * 10n ** 16n, null, (bond) => ({ sums: { bond } })],
  ["sums.demandPrice", 1n, null, (demandPrice) => ({ sums: { demandPrice } })],
  ["sums.window", DAY, 30n * DAY, (window) => ({ sums: { window } })],
  ["sums.window", HOUR, null, (window) => ({ sums: { window, answerTime: HOUR } })],
  ["sums.answerTime", 1n, null, (answerTime) => ({ sums: { answerTime } })],
  ["accounts", 0n, 2n ** 128n, (balance) => ({ accounts: { [KEY]: balance } })],
  ["game.heights", 1n, 40n, (height) => game({ heights: [height, 20n, 20n] })],
  ["game.heights", 14n, 40n, (height) => game({ heights: [10n, height, 20n] })],
  ["game.heights", 10n, 24n, (height) => game({ heights: [10n, 40n, height] })],
  ...[0, 1, 2].map((level): (typeof BOUNDS)[number] => [
    "game.stakes",
    1n,
    2n ** 96n,
    (stake) => game({ stakes: [3n, 2n, 1n].map((other, i) => (i === level ? stake : other)) }),
  ]),
  // what refunds of one match can take
  ...[16n, 17n, 18n].map((height, level): (typeof BOUNDS)[number] => [
    "game.bonds",
    (height * 70_000n + 900_000n) * 50n * GWEI,
    2n ** 96n - 1n,
    (bond) => game({ type: "tournament", heights: [16n, 17n, 18n], bonds: [ETHER, ETHER, ETHER].with(level, bond) }),
  ]),
  ["game.buildTime", 0n, null, (buildTime) => game({ type: "tournament", ...SHORT, buildTime })],
  [
    "game.challengePeriod",
    19_400n,
    2n ** 32n - 1n,
    (period) => game({ type: "tournament", ...SHORT, challengePeriod: period }),
  ],
  ["game.responseTime", 1n, null, (responseTime) => game({ responseTime })],
  [
    "game.challengePeriod",
    54n,
    2n ** 32n - 1n,
    (period) => game({ heights: [10n, 20n, 20n], responseTime: 1n, challengePeriod: period }),
  ],
  [
    "game.challengePeriod",
    154n,
    null,
    (period) => game({ heights: [10n, 20n, 20n], responseTime: 1n, censorshipTime: 100n, challengePeriod: period }),
  ],
];

describe("Deployment: no number that makes a chain whose steps nobody can prove (B8, B9, I4)", () => {
  before(compileOnce);

  for (const [key, least, most, make] of BOUNDS)
    it(`V09 takes ${key} from ${least} to ${most ?? "what the others leave"}, and names it when it is beyond`, () => {
      for (const value of [least, most]) if (value !== null) expect(refusal(make(value)), String(value)).to.equal(null);
      for (const value of [least === null || least === 0n ? null : least - 1n, most === null ? null : most + 1n])
        if (value !== null) expect(refusal(make(value)), String(value)).to.include(key);
      if (least === 0n) expect(refusal(make(-1n))).to.include(key);
    });

  it("names an account once, however it is written", () => {
    expect(refusal({ accounts: { [KEY]: 1, [KEY.toUpperCase().replace("X", "x")]: 2 } })).to.include("accounts");
  });

  it("reads the numbers of data off L1 in that mode alone", () => {
    for (const key of ["challengeWindow", "resolveWindow", "challengeBond"])
      expect(refusal({ data: { [key]: DAY } })).to.include(`data.${key}`);
    expect(refusal({ data: { mode: "committee" } })).to.include("data.mode");
    expect(refusal({ data: { mode: "blobs", challengeWindow: DAY } })).to.include("data.challengeWindow");
    for (const mode of ["altda", "blobs"])
      expect(refusal({ data: { mode }, sequencing: { type: "rotation" } }), mode).to.equal(null);
    expect(parseDeploymentConfig({ ...VALID, data: { mode: "blobs" } }).data).to.deep.equal({ mode: "blobs" });
    expect(parseDeploymentConfig(VALID).data).to.deep.equal({ mode: "calldata" });
  });

  it("says what censorship a deployment survives: what was asked for, else all that the period leaves", () => {
    expect(parseDeploymentConfig(VALID).game.censorshipTime).to.equal(604_800n - 53n * HOUR - 1n);
    const asked = parseDeploymentConfig({ ...VALID, game: { censorshipTime: 2n * DAY } });
    expect(asked.game.censorshipTime).to.equal(2n * DAY);
    expect(refusal({ game: { censorshipTime: 604_800n - 53n * HOUR } })).to.include("game.challengePeriod");
  });

  it("warns of what is allowed and dangerous, each by its key, and of nothing in the defaults", () => {
    const warned = (change: object) =>
      deploymentWarnings(parseDeploymentConfig({ ...VALID, ...change })).map((text) =>
        text.slice(0, text.indexOf(":")),
      );
    expect(warned({})).to.deep.equal([]);
    expect(warned({ isDevnet: true })).to.deep.equal(["isDevnet"]);
    expect(warned({ isDevnet: true, forceDelay: 4 })).to.deep.equal(["isDevnet", "forceDelay"]);
    expect(warned({ sums: {} })).to.deep.equal([]);
    expect(warned({ sums: { answerTime: DAY - 1n } })).to.deep.equal(["sums.answerTime"]);
    expect(warned({ game: { challengePeriod: 604_799n } })).to.deep.equal(["game.challengePeriod"]);
    expect(warned({ game: { censorshipTime: DAY } })).to.deep.equal(["game.censorshipTime"]);
    const altda = (change: object) => ({ data: { mode: "altda", ...change } });
    expect(warned({ data: { mode: "blobs" } })).to.deep.equal(["data.mode"]);
    expect(warned(altda({}))).to.deep.equal(["data.mode"]);
    for (const key of ["challengeWindow", "resolveWindow"])
      for (const [seconds, also] of [
        [DAY, []],
        [DAY - 1n, [`data.${key}`]],
      ] as const)
        expect(warned(altda({ [key]: seconds }))).to.deep.equal(["data.mode", ...also]);
    const [paid, gwei] = [4_860_000n * 100n, 10n ** 9n];
    expect(warned(altda({ challengeBond: paid * gwei }))).to.deep.equal(["data.mode"]);
    expect(warned(altda({ challengeBond: paid * gwei - 1n }))).to.deep.equal(["data.mode", "data.challengeBond"]);
  });

  it("asks L1 before it sends anything: another chain id than its own, a genesis in the past", async () => {
    const [deployer, sequencer] = await hre.ethers.getSigners();
    const { timestamp } = (await hre.ethers.provider.getBlock("latest"))!;
    const attempt = (change: Partial<DeploymentConfigInput>) =>
      deploySystem(
        deployer,
        { sequencer: sequencer.address, feeRecipient: KEY, ...change },
        { contracts: REAL_PROVER },
      ).then(
        () => null,
        (error: SolventError) => `${error.code} ${error.message}`,
      );
    const nonce = await deployer.getNonce();
    expect(await attempt({ chainId: 31_337 })).to.match(/^config-invalid .*chainId/);
    expect(await attempt({ timestamp: timestamp + 3_600 })).to.match(/^config-invalid .*timestamp/);
    expect(await deployer.getNonce(), "nothing was sent").to.equal(nonce);
    expect(await attempt({ timestamp })).to.equal(null);
  });

  it("agrees with the contracts: the Inbox and the queue refuse the same numbers, the prover states its own", async () => {
    const inboxes = await hre.ethers.getContractFactory("Inbox");
    const inbox = async (blockGasLimit: bigint, forceDelay: bigint) =>
      inboxes.deploy(KEY, `0x${"bb".repeat(20)}`, blockGasLimit, forceDelay);
    const standing = await inbox(30_000_000n, 7n * DAY);
    await inbox(1_000_000n, 1n);
    for (const [gas, delay, name] of [
      [999_999n, DAY, "blockGasLimit"],
      [30_000_001n, DAY, "blockGasLimit"],
      [30_000_000n, 0n, "forceDelay"],
      [30_000_000n, 7n * DAY + 1n, "forceDelay"],
    ] as const)
      await expect(inbox(gas, delay), name)
        .to.be.revertedWithCustomError(inboxes, "BadParameter")
        .withArgs(hre.ethers.encodeBytes32String(name));
    const prover = await hre.ethers.deployContract("OneStepProver", [trivialProgram(), standing.target]);
    expect(await prover.MAX_PRECOMPILE_INPUT_BYTES()).to.equal(MAX_PRECOMPILE_INPUT_BYTES);
    const queues = await hre.ethers.getContractFactory("StateRootQueue");
    const queue = (heights: number[], stakes: bigint[], challengePeriod: bigint, censorshipTime: bigint) =>
      queues.deploy({
        ...{ heights, stakes, challengePeriod, responseTime: 1n, censorshipTime },
        ...{ genesisOutputRoot: `0x${"11".repeat(32)}` as Hex, inbox: standing.target, prover: prover.target },
      } as never);
    const made = await queue([10, 20, 20], [1n, 1n, 1n], 154n, 100n);
    expect(await made.censorshipTime(), "on L1, for everybody to read").to.equal(100n);
    for (const [heights, stakes, period, censored, name] of [
      [[0, 20, 20], [1n, 1n, 1n], 154n, 0n, "heights"],
      [[10, 13, 20], [1n, 1n, 1n], 154n, 0n, "heights"],
      [[41, 20, 20], [1n, 1n, 1n], 154n, 0n, "heights"],
      [[10, 20, 20], [1n, 1n, 0n], 154n, 0n, "stakes"],
      [[10, 20, 20], [1n, 1n, 1n], 153n, 100n, "challengePeriod"],
      [[10, 20, 20], [1n, 1n, 1n], 2n ** 32n, 0n, "challengePeriod"],
    ] as const)
      await expect(queue([...heights], [...stakes], period, censored), name)
        .to.be.revertedWithCustomError(queues, "BadParameter")
        .withArgs(hre.ethers.encodeBytes32String(name));
  });
});
