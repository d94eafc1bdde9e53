// Run by Hardhat on the network `solvent`, not by this project's own test runner.
const { expect } = require("chai");
const { ethers } = require("hardhat");

describe("Vault on Solvent", () => {
  it("keeps, emits, gives back, and refuses", async () => {
    const [owner] = await ethers.getSigners();
    const vault = await ethers.deployContract("Vault");
    await vault.waitForDeployment();
    // No block for each transaction here: waited for, as on any network but Hardhat's own.
    const kept = await vault.keep({ value: 5n });
    await kept.wait();
    await expect(kept).to.emit(vault, "Kept").withArgs(owner.address, 5n);
    expect(await vault.kept(owner.address)).to.equal(5n);
    await (await vault.takeBack()).wait();
    expect(await ethers.provider.getBalance(vault)).to.equal(0n);
    await expect(vault.takeBack()).to.be.revertedWithCustomError(vault, "NothingKept");
  });
});
