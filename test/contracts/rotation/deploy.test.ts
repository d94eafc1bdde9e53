import { expect } from "chai";
import hre from "hardhat";
import { mine, time } from "@nomicfoundation/hardhat-network-helpers";
import { id } from "ethers";
import {
  deploymentWarnings,
  deploySystem,
  parseDeploymentConfig,
  type DeploymentConfigInput,
} from "../../../deployment";
import { explain, explainLines } from "../../../deployment/explain";
import { PROFILES, readProfile } from "../../../deployment/profiles";
import type { SolventError } from "../../../protocol/errors";
import { REAL_PROVER } from "../support/system";
import { writeBeaconRoot } from "./beaconRoots";

const DAY = 86_400;
const account = (number: number): string => `0x${number.toString(16).padStart(40, "0")}`;
const rotation = (numbers: object = {}, rest: Partial<DeploymentConfigInput> = {}): DeploymentConfigInput => ({
  ...{ sequencer: account(1), feeRecipient: account(2), ...rest },
  sequencing: { type: "rotation", others: [account(3), account(4)], ...numbers },
});

/** What is wrong, with the key; null for what is taken. */
function refusal(config: object): string | null {
  try {
    parseDeploymentConfig(config);
    return null;
  } catch (error) {
    return (error as SolventError).message;
  }
}

describe("Deployment of a rotation", () => {
  it("is `single` unless it is asked for, and reads none of its numbers then", () => {
    const plain = { sequencer: account(1), feeRecipient: account(2) };
    expect(parseDeploymentConfig(plain).sequencing).to.deep.equal({ type: "single" });
    expect(refusal({ ...plain, sequencing: { stake: 5 } })).to.match(/sequencing\.stake: is read by .*rotation/);
    expect(refusal({ ...plain, sequencing: { type: "single", others: [] } })).to.contain("sequencing.others");
    expect(refusal({ ...plain, sequencing: { type: "auction" } })).to.contain("sequencing.type");
    expect(refusal({ ...plain, sequencing: { colour: 1 } })).to.contain("sequencing.colour: is no key");
  });

  const bounds: [key: string, least: bigint, most: bigint][] = [
    ["stake", 1n, 2n ** 96n],
    ["slotSeconds", 1n, BigInt(DAY / 4)],
    ["termSlots", 1n, 2n ** 32n],
    ["graceSlots", 1n, 29n],
    ["openSlots", 3n, 2n ** 32n],
    ["leaveDelay", 604_800n, 365n * BigInt(DAY)],
  ];
  for (const [key, least, most] of bounds)
    it(`V09 takes ${key} from ${least} to ${most}, and names it when it is beyond`, () => {
      for (const value of [least, most]) expect(refusal(rotation({ [key]: value })), String(value)).to.equal(null);
      for (const value of [least - 1n, most + 1n])
        expect(refusal(rotation({ [key]: value })), String(value)).to.match(
          key === "graceSlots" && value > most ? /sequencing\.openSlots/ : new RegExp(`sequencing\\.${key}: must be`),
        );
    });

  it("V09 draws the order of terms that L1's history holds, and of no others", () => {
    const drawn = (slotSeconds: number, termSlots: number) =>
      refusal(rotation({ order: "beaconRoot", slotSeconds, termSlots }));
    for (const [slotSeconds, termSlots] of [
      [1, 64],
      [64, 1],
      [45, 91],
    ])
      expect(drawn(slotSeconds, termSlots)).to.equal(null);
    for (const [slotSeconds, termSlots] of [
      [1, 63],
      [1, 4_096],
      [120, 64],
    ])
      expect(drawn(slotSeconds, termSlots)).to.match(/sequencing\.termSlots: must make a term of 64 to 4095 seconds/);
    expect(refusal(rotation({ order: "alphabet" }))).to.contain("sequencing.order");
  });

  it("asks L1 whether it writes beacon roots where they are to draw, before anything is sent", async () => {
    const [deployer, first] = await hre.ethers.getSigners();
    const sequencing = { type: "rotation" as const, order: "beaconRoot" as const, slotSeconds: 60, termSlots: 30 };
    const config = { sequencer: first.address, feeRecipient: account(2), sequencing, salt: "drawn" };
    await mine();
    const nonce = await deployer.getNonce();
    const deploy = () => deploySystem(deployer, config, { contracts: REAL_PROVER });
    const error = (await deploy().catch((reason: unknown) => reason)) as SolventError;
    expect([error.code, error.message]).to.deep.equal([
      "config-invalid",
      "deployment config: sequencing.order: this L1 writes no beacon roots (EIP-4788): take `seats`, or another L1",
    ]);
    expect(await deployer.getNonce()).to.equal(nonce);
    await writeBeaconRoot((await time.latest()) + 1, id("a root"));
    const { addresses, parameters } = await deploy();
    const inbox = await hre.ethers.getContractAt("RotatingInbox", addresses.inbox);
    expect((await inbox.rotationParameters()).isDrawn).to.equal(true);
    expect(explainLines("drawn", parseDeploymentConfig(parameters)).join("\n")).to.contain(
      "in an order that L1's beacon root draws for each term",
    );
  });

  it("takes up to 64 members, each once", () => {
    const others = (count: number): string[] => Array.from({ length: count }, (_, i) => account(0x100 + i));
    expect(refusal(rotation({ others: others(63) }))).to.equal(null);
    expect(refusal(rotation({ others: others(64) }))).to.contain("sequencing.others");
    expect(refusal(rotation({ others: [account(3), account(3)] }))).to.contain("sequencing.others");
    expect(refusal(rotation({ others: [account(1)] }))).to.contain("sequencing.others");
    expect(refusal(rotation({ others: [account(0)] }))).to.contain("sequencing.others");
    expect(refusal(rotation({ colour: 1 }))).to.contain("sequencing.colour");
  });

  it("fits the other keys: slots within maxDelay, stakes held for a challenge period", () => {
    expect(refusal(rotation({ slotSeconds: 900 }, { maxDelay: 3_600 }))).to.equal(null);
    expect(refusal(rotation({ slotSeconds: 901 }, { maxDelay: 3_600 }))).to.contain("sequencing.slotSeconds");
    const game = { challengePeriod: 31 * DAY };
    expect(refusal(rotation({ leaveDelay: 31 * DAY }, { game }))).to.equal(null);
    expect(refusal(rotation({ leaveDelay: 31 * DAY - 1 }, { game }))).to.contain("sequencing.leaveDelay");
  });

  it("warns of what is allowed and dangerous, each by its key, and of nothing in the defaults of any profile", () => {
    const warned = (numbers: object) =>
      deploymentWarnings(parseDeploymentConfig(rotation(numbers))).map((text) => text.split(":")[0]);
    expect(warned({})).to.deep.equal([]);
    expect(warned({ others: [] })).to.deep.equal(["sequencing.others"]);
    const offL1 = parseDeploymentConfig(rotation({}, { data: { mode: "altda" } }));
    expect(deploymentWarnings(offL1).join("\n")).to.contain("withholds a batch stops the others for up to 172800 s");
    expect(warned({ stake: 10n ** 18n - 1n })).to.deep.equal(["sequencing.stake"]);
    expect(warned({ slotSeconds: 59 })).to.deep.equal(["sequencing.slotSeconds"]);
    for (const name of PROFILES) expect(refusal(rotation({}, readProfile(name))), name).to.equal(null);
  });

  it("explains who leads, who goes on, and what two blocks for one height cost", () => {
    const config = parseDeploymentConfig(rotation());
    expect(explain(config).trust[0].actor).to.equal("sequencers, each in its slots");
    expect(explain(config).trust[0].notFor).to.contain("cost it 32 ether");
    const text = explainLines("a rotation", config).join("\n");
    expect(text).to.contain("3 members lead in turns of 2 minutes, after 4 minutes of silence any of them goes on");
    expect(text).to.not.match(/undefined|NaN/);
  });

  for (const [mode, name, dataMode] of [
    ["calldata", "RotatingInbox", 0n],
    ["altda", "RotatingAltdaInbox", 1n],
    ["blobs", "RotatingBlobInbox", 2n],
  ] as const)
    it(`puts the rotating inbox for ${mode} in the place of the other, stakes paid, and finds it again`, async () => {
      const [deployer, first, second] = await hre.ethers.getSigners();
      const sequencing = {
        type: "rotation" as const,
        others: [second.address],
        stake: "1000000000000000000",
        slotSeconds: 60,
      };
      const roles = { sequencer: first.address, feeRecipient: account(2) };
      const config = { ...roles, sequencing, data: { mode }, salt: `rotation, ${mode}` };
      const { addresses, parameters } = await deploySystem(deployer, config, { contracts: REAL_PROVER });
      const inbox = await hre.ethers.getContractAt(name, addresses.inbox);
      expect([await inbox.sequencingMode(), await inbox.dataMode()]).to.deep.equal([1n, dataMode]);
      expect((await inbox.schedule()).accounts.slice(0, 3)).to.deep.equal([
        first.address,
        second.address,
        hre.ethers.ZeroAddress,
      ]);
      expect(await hre.ethers.provider.getBalance(addresses.inbox)).to.equal(2n * 10n ** 18n);
      expect((await inbox.rotationParameters()).slotSeconds).to.equal(60n);
      const again = await deploySystem(deployer, parameters, { contracts: REAL_PROVER });
      expect(again.addresses, "the parameters are their own input").to.deep.equal(addresses);
    });
});
