import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import type { DeploymentPlan } from "../..";

/**
 * The system as a Hardhat Ignition module: the same transactions as `deploySystem` sends, one behind the other, with Ignition's
 * journal, gas bumping and resumption. The Deployer must stand on L1 already (`ensureDeployer`).
 */
export function createSystemModule(plan: DeploymentPlan, deployerAddress: string) {
  return buildModule("Solvent", (m) => {
    const deployer = m.contractAt("Deployer", deployerAddress);
    let last: ReturnType<typeof m.call> | undefined;
    for (const { name, salt, initCode, value } of plan.contracts) {
      const after = last === undefined ? [] : [last];
      last = m.call(deployer, "deploy", [salt, initCode], { id: name, value, after });
    }
    return { deployer };
  });
}
