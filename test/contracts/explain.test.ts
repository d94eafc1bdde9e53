import { expect } from "chai";
import hre from "hardhat";
import { deploySystem, parseDeploymentConfig } from "../../deployment";
import { explain, explainLines } from "../../deployment/explain";
import { PROFILES, readProfile } from "../../deployment/profiles";
import { REAL_PROVER } from "./support/system";

const DAY = 86_400;

describe("solvent explain", () => {
  const [sequencer, feeRecipient] = [1, 2].map((n) => `0x${n.toString(16).padStart(40, "0")}`);
  const complete = (part: object) => parseDeploymentConfig({ sequencer, feeRecipient, ...part });
  const verdict = (part: object, row: string) => explain(complete(part)).risks.find((one) => one.row === row)!.verdict;

  it("ships three profiles, each taken by the contracts of a real deployment", async () => {
    expect(PROFILES).to.deep.equal(["everyday", "game", "treasury"]);
    const [deployer] = await hre.ethers.getSigners();
    for (const name of PROFILES) {
      const config = { sequencer, feeRecipient, ...readProfile(name), salt: name };
      const { addresses } = await deploySystem(deployer, config, { contracts: REAL_PROVER });
      const queue = await hre.ethers.getContractAt("StateRootQueue", addresses.queue);
      expect(await queue.challengePeriod(), name).to.equal(parseDeploymentConfig(config).game.challengePeriod);
    }
  });

  it("warns of nothing in a profile but what it gives up on purpose", () => {
    const warned = (name: string) => explain(complete(readProfile(name))).warnings.map((text) => text.split(":")[0]);
    expect(warned("treasury")).to.deep.equal([]);
    expect(warned("everyday")).to.deep.equal([]);
    expect(warned("game")).to.deep.equal(["game.challengePeriod", "game.censorshipTime", "game.stakes[2]"]);
  });

  it("calls state validation good from seven days on", () => {
    const days = (seconds: number) => ({ game: { challengePeriod: seconds, responseTime: 600 } });
    expect(verdict(days(7 * DAY), "state validation")).to.equal("good");
    expect(verdict(days(7 * DAY - 1), "state validation")).to.equal("warning");
    expect(verdict(days(DAY - 1), "state validation")).to.equal("bad");
  });

  it("calls a sequencer's failure good up to a day of delay", () => {
    expect(verdict({ forceDelay: DAY }, "sequencer failure")).to.equal("good");
    expect(verdict({ forceDelay: DAY + 1 }, "sequencer failure")).to.equal("warning");
  });

  it("bounds a withdrawal by the force delay, the period and what a fight may add", () => {
    const { withdrawalSeconds, withdrawalMostSeconds } = explain(complete({ forceDelay: 3_600 }));
    expect(withdrawalSeconds).to.equal(7 * DAY);
    // (N + 3) d + C is a second less than the period by default: docs/threat-model.md#delay.
    expect(withdrawalMostSeconds).to.equal(3_600 + 14 * DAY - 1);
  });

  it("says what data off L1 asks of whom, and what it adds to the wait", () => {
    const altda = { data: { mode: "altda", challengeWindow: DAY, resolveWindow: 3_600 } };
    expect(verdict({}, "data availability")).to.equal("good");
    expect(verdict(altda, "data availability")).to.equal("warning");
    expect(verdict({ data: { mode: "altda", challengeWindow: DAY - 1 } }, "data availability")).to.equal("bad");
    const [off, on] = [explain(complete(altda)), explain(complete({}))];
    expect(off.withdrawalMostSeconds - on.withdrawalMostSeconds).to.equal(DAY + 3_600);
    const actors = (of: typeof off) => of.trust.map(({ actor }) => actor);
    expect(actors(off).filter((actor) => !actors(on).includes(actor))).to.deep.equal([
      "data servers, and who challenges",
    ]);
    expect(off.trust[0].notFor).not.to.include("data");
    expect(on.trust[0].notFor).to.include("data");
  });

  it("says who keeps blobs for later, and that L1 has all data until then", () => {
    const [blobs, calldata] = [{ data: { mode: "blobs" } }, {}].map((part) => explain(complete(part)));
    expect(verdict({ data: { mode: "blobs" } }, "data availability")).to.equal("good");
    expect(blobs.withdrawalMostSeconds).to.equal(calldata.withdrawalMostSeconds);
    expect(blobs.warnings.filter((text) => !calldata.warnings.includes(text))).to.have.length(1);
    const actors = (of: typeof blobs) => of.trust.map(({ actor }) => actor);
    expect(actors(blobs).filter((actor) => !actors(calldata).includes(actor))).to.deep.equal(["archives of blobs"]);
  });

  it("deploys an inbox that keeps its batches off L1, with these numbers", async () => {
    const [deployer] = await hre.ethers.getSigners();
    const data = { mode: "altda" as const, challengeWindow: 4_000, resolveWindow: 5_000, challengeBond: 7 };
    const config = { sequencer, feeRecipient, data, salt: "altda" };
    const { addresses } = await deploySystem(deployer, config, { contracts: REAL_PROVER });
    const inbox = await hre.ethers.getContractAt("AltdaInbox", addresses.inbox);
    const numbers = [await inbox.dataMode(), await inbox.challengeWindow(), await inbox.resolveWindow()];
    expect([...numbers, await inbox.challengeBond()]).to.deep.equal([1n, 4_000n, 5_000n, 7n]);
  });

  it("says in words what the figures are", () => {
    const text = explainLines("everyday", complete(readProfile("everyday"))).join("\n");
    expect(text).to.contain("inclusion beyond 12 hours").and.to.contain("steady capital of a proposer | 62 ether");
    expect(text).to.not.match(/undefined|NaN/);
  });
});
