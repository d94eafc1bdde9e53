import { Wallet } from "ethers";
import type { Hex } from "../protocol/types";
import { SolventError } from "../protocol/errors";
import { runActor } from "../actor/cli";
import { parseDeploymentConfig, readDeployment, readProgramFile } from "../deployment";
import { systemOf, systemUnder } from "../actor/deployedSystem";
import { openProgram } from "../node/engine";
import { useBuildFolder } from "../node/modules";
import { createLogger } from "../actor/log";
import { Challenger } from "../challenger/challenger";
import { adversaryConfig } from "./config";
import { parseFault } from "./faults";

void runActor({
  name: "adversary",
  description: "The honest challenger with one patch, for tests and teaching",
  schema: adversaryConfig,
  create(config) {
    const { fault: text, seed, beneficiary, amountEther, ...honest } = config;
    const account = (beneficiary ?? new Wallet(config.privateKey).address.toLowerCase()) as Hex;
    const deployment = readDeployment(config.deployment);
    const { game } = parseDeploymentConfig(deployment.parameters);
    const fault = parseFault(text, { seed, account, amountWei: BigInt(amountEther) * 10n ** 18n }, game.type);
    if (fault.programFolder !== undefined) {
      useBuildFolder(fault.programFolder);
      if (readProgramFile().programHash === deployment.programHash)
        throw new SolventError(
          "config-invalid",
          `fault ${text}: that is the program that L1 judges, so nothing it says is false; name another one's folder`,
        );
    }
    return Challenger.create(honest, {
      system: fault.programFolder === undefined ? systemOf(deployment) : systemUnder(deployment),
      open: (nodes) => ({ program: openProgram({ nodes }) }),
      log: createLogger("adversary", config.logLevel),
      ...fault,
    });
  },
});
