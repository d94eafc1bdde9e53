const { expect } = require("chai");
const { ethers, upgrades } = require("hardhat");

describe("proxies of OpenZeppelin's upgrades", () => {
  for (const kind of ["transparent", "beacon"])
    it(`keeps its value under another implementation: ${kind}`, async () => {
      const [Box, BoxV2] = [await ethers.getContractFactory("Box"), await ethers.getContractFactory("BoxV2")];
      let box;
      if (kind === "beacon") {
        const beacon = await upgrades.deployBeacon(Box);
        await beacon.waitForDeployment();
        box = await upgrades.deployBeaconProxy(beacon, Box, [42]);
        await box.waitForDeployment();
        await (await upgrades.upgradeBeacon(beacon, BoxV2)).deployTransaction.wait();
        box = BoxV2.attach(await box.getAddress());
      } else {
        box = await upgrades.deployProxy(Box, [42], { kind });
        await box.waitForDeployment();
        expect(await box.value()).to.equal(42n);
        box = await upgrades.upgradeProxy(box, BoxV2);
        await box.deployTransaction.wait();
      }
      await (await box.increment()).wait();
      expect(await box.value()).to.equal(43n);
    });

  it("refuses an implementation whose storage does not fit", async () => {
    const [Box, BoxMoved] = [await ethers.getContractFactory("Box"), await ethers.getContractFactory("BoxMoved")];
    const box = await upgrades.deployProxy(Box, [1], { kind: "transparent" });
    await box.waitForDeployment();
    await expect(upgrades.upgradeProxy(box, BoxMoved)).to.be.rejectedWith(/New storage layout is incompatible/);
  });
});
