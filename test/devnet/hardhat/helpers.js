// The examples of the helpers' own documentation, as a project has them.
const helpers = require("@nomicfoundation/hardhat-network-helpers");
const { mine, mineUpTo, time, takeSnapshot } = helpers;
const { expect } = require("chai");

describe("hardhat-network-helpers", function () {
  it("mine: a block, and many of them a minute apart", async function () {
    const before = await time.latestBlock();
    await mine();
    expect(await time.latestBlock()).to.be.at.least(before + 1);
    const [number, at] = [await time.latestBlock(), await time.latest()];
    await mine(20, { interval: 60 });
    expect(await time.latestBlock()).to.be.at.least(number + 20);
    expect(await time.latest()).to.be.at.least(at + 19 * 60);
  });

  it("mineUpTo", async function () {
    const target = (await time.latestBlock()) + 12;
    await mineUpTo(target);
    expect(await time.latestBlock()).to.be.at.least(target);
  });

  it("time.increase and time.increaseTo", async function () {
    const at = await time.latest();
    await time.increase(3_600);
    expect(await time.latest()).to.be.at.least(at + 3_600);
    const target = (await time.latest()) + 86_400;
    await time.increaseTo(target);
    expect(await time.latest()).to.be.within(target, target + 5);
  });

  it("time.setNextBlockTimestamp: the next transaction's block has it", async function () {
    const at = (await time.latest()) + 1_000;
    await time.setNextBlockTimestamp(at);
    const [signer] = await ethers.getSigners();
    const { blockNumber } = await (await signer.sendTransaction({ to: signer.address })).wait();
    expect((await ethers.provider.getBlock(blockNumber)).timestamp).to.equal(at);
  });

  it("takeSnapshot and restore", async function () {
    const [signer] = await ethers.getSigners();
    const to = "0x00000000000000000000000000000000000000ea";
    const snapshot = await takeSnapshot();
    await (await signer.sendTransaction({ to, value: 3n })).wait();
    expect(await ethers.provider.getBalance(to)).to.equal(3n);
    await snapshot.restore();
    expect(await ethers.provider.getBalance(to)).to.equal(0n);
  });

  it("getStorageAt", async function () {
    const word = await helpers.getStorageAt("0xcA11bde05977b3631167028862bE2a173976CA11", 0);
    expect(BigInt(word)).to.equal(0n);
  });
});
