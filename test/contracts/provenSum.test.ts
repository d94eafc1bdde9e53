import { expect } from "chai";
import hre from "hardhat";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { toBeHex, ZeroAddress, ZeroHash, type Contract } from "ethers";
import { assertBooks, deploySolvency, ETHER_ASSET, evidenceOf, type SolvencySystem } from "./support/solvency";
import { ETHER } from "./support/system";

const HALF = 128n;
let system: SolvencySystem;
let sums: Contract;
let oracle: Contract;

async function deploySums(answer: boolean): Promise<Contract> {
  const verifier = await hre.ethers.deployContract("FixedVerifier", [answer]);
  return (await hre.ethers.deployContract("ProvenSum", [system.portal.target, verifier.target])) as unknown as Contract;
}

async function assertAndConfirm(number = 1, on?: Awaited<ReturnType<typeof assertBooks>>) {
  const asserted = await assertBooks(system, system.user, { number, passer: ETHER }, { on });
  await asserted.confirm();
  await (await oracle.prove(ETHER_ASSET, evidenceOf(asserted, ETHER_ASSET))).wait();
  return asserted;
}

// What a real verifier says of real proofs: test/zk.
describe("Proven sums of ether", () => {
  beforeEach(async () => {
    system = await loadFixture(deploySolvency);
    sums = await deploySums(true);
    oracle = (await hre.ethers.deployContract("SolvencyOracle", [
      system.tokenBridge.target,
      sums.target,
      ZeroAddress,
    ])) as unknown as Contract;
  });

  it("makes a second family of proofs of a sum that L1 covers, for its assertion and for ether alone", async () => {
    const first = await assertAndConfirm();
    const families = async () => (await oracle.health(ETHER_ASSET)).proofFamilies as bigint;
    expect(await families()).to.equal(1n);
    const { output } = evidenceOf(first, ETHER_ASSET);
    const taken = (await system.portal.deposited()) as bigint;
    await expect(sums.prove(first.index, output, taken, "0x"))
      .to.emit(sums, "SumProven")
      .withArgs(first.id, output.stateRoot, taken);
    expect(await families()).to.equal(2n);
    expect(await sums.sumOf(first.id)).to.deep.equal([taken, true]);
    expect((await oracle.backing(ETHER_ASSET)).ratio).to.equal(ETHER);
    const second = await assertAndConfirm(2, first);
    expect(await families()).to.equal(1n);
    expect(await sums.sumOf(second.id)).to.deep.equal([0n, false]);
  });

  it("lowers backing by ether that stands in accounts beyond what L1 took in, and counts no family then", async () => {
    const first = await assertAndConfirm();
    const taken = (await system.portal.deposited()) as bigint;
    await (await sums.prove(first.index, evidenceOf(first, ETHER_ASSET).output, 2n * taken, "0x")).wait();
    expect(await sums.isCovered(first.id)).to.equal(false);
    expect((await oracle.health(ETHER_ASSET)).proofFamilies).to.equal(1n);
    const { held, owed, ratio } = await oracle.backing(ETHER_ASSET);
    expect([held, owed, ratio]).to.deep.equal([taken, 2n * taken, ETHER / 2n]);
    // No later deposit hides it, nor the same proof once more.
    await (await system.portal.depositTransaction(ZeroAddress, 0, 60_000, true, "0x", { value: taken })).wait();
    await (await sums.prove(first.index, evidenceOf(first, ETHER_ASSET).output, 2n * taken, "0x")).wait();
    expect(await sums.excessOf(first.id)).to.deep.equal([taken, true]);
    expect(await sums.isCovered(first.id)).to.equal(false);
    expect(await oracle.surplus(ETHER_ASSET)).to.equal(-taken);
  });

  it("refuses what is no preimage of the assertion's output root, and what the verifier refuses", async () => {
    const first = await assertAndConfirm();
    const { output } = evidenceOf(first, ETHER_ASSET);
    const other = { ...output, stateRoot: toBeHex(1, 32) };
    await expect(sums.prove(first.index, other, 0, "0x")).to.be.revertedWithCustomError(sums, "OutputMismatch");
    const strict = await deploySums(false);
    await expect(strict.prove(first.index, output, 0, "0x")).to.be.revertedWithCustomError(strict, "ProofRefused");
  });

  it("asks for a proof that names the root, the sum, the chain and the contract", async () => {
    const root = (BigInt(`0x${"ab".repeat(16)}`) << HALF) | 7n;
    expect(await sums.publicInputs(toBeHex(root, 32), 5)).to.deep.equal(
      [root >> HALF, 7n, 5n, 31337n, BigInt(sums.target as string)].map((number) => toBeHex(number, 32)),
    );
    expect(await sums.publicInputs(ZeroHash, 0)).to.have.length(5);
  });
});
