import { Wallet } from "ethers";
import type { Hex } from "../protocol/types";
import { SolventError } from "../protocol/errors";
import { runActor, type Actor } from "../actor/cli";
import { parseDeploymentConfig, readDeployment, readProgramFile } from "../deployment";
import { systemOf, systemUnder } from "../actor/deployedSystem";
import { openProgram } from "../node/engine";
import { useBuildFolder } from "../node/modules";
import { createLogger } from "../actor/log";
import { Challenger } from "../challenger/challenger";
import { adversaryConfig } from "./config";
import { parseFault, type Fault } from "./faults";

const LOOK_MS = 500;

void runActor({
  name: "adversary",
  description: "The honest challenger with one patch, for tests and teaching",
  schema: adversaryConfig,
  async create(config) {
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
    const challenger = await Challenger.create(honest, {
      system: fault.programFolder === undefined ? systemOf(deployment) : systemUnder(deployment),
      open: (nodes) => ({ program: openProgram({ nodes }) }),
      log: createLogger("adversary", config.logLevel),
      ...fault,
    });
    return whileItMayLie(challenger, fault);
  },
});

/** Ends with its lie where that came too late: what follows on L1 is not what the liar believes in, and it would move no more. */
function whileItMayLie(challenger: Challenger, { isLost }: Fault): Actor {
  const text = "another assertion was confirmed in the lie's place before L1 had it: start the adversary again";
  const lost = new Promise<Error>((resolve) => {
    const look = setInterval(() => {
      if (isLost?.(challenger.game) === true) resolve(new SolventError("lie-lost", text, { retry: true }));
    }, LOOK_MS);
    look.unref();
  });
  return {
    start: () => challenger.start(),
    stop: () => challenger.stop(),
    failed: Promise.race([challenger.failed, lost]),
    devnet: challenger.devnet,
  };
}
