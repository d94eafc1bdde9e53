import { expect } from "chai";
import hre from "hardhat";
import { createSystemModule } from "../../deployment/ignition/modules/system";
import {
  deploySystem,
  describeDeployment,
  parseDeploymentConfig,
  planDeployment,
  standardContracts,
} from "../../deployment";
import { ensureDeployer } from "../../deployment/ensureDeployer";
import { compileOnce } from "../../simulator/boards/contracts/compile";
import { REAL_PROVER } from "./support/system";

describe("Deployment by Ignition", () => {
  before(compileOnce);

  it("makes the system that the library makes, and leaves it nothing to do", async () => {
    const [deployer, sequencer] = await hre.ethers.getSigners();
    const input = { sequencer: sequencer.address, feeRecipient: deployer.address, salt: "by Ignition" };
    const config = parseDeploymentConfig(input);
    const plan = planDeployment(deployer.address, config, { ...standardContracts(config), ...REAL_PROVER });
    const error = await describeDeployment(deployer, plan).catch((reason: unknown) => reason);
    expect(error).to.include({ code: "deployment-incomplete" });
    await hre.ignition.deploy(createSystemModule(plan, await ensureDeployer(deployer)), {
      config: { blockPollingInterval: 50, requiredConfirmations: 1 },
    });
    const deployment = await describeDeployment(deployer, plan);
    const nonce = await deployer.getNonce();
    expect(await deploySystem(deployer, input, { contracts: REAL_PROVER })).to.deep.equal(deployment);
    expect(await deployer.getNonce()).to.equal(nonce);
  });
});
