import { runActor } from "../actor/cli";
import { readDeployment } from "../deployment";
import { systemOf } from "../actor/deployedSystem";
import { openExecution } from "../actor/execution";
import { createLogger } from "../actor/log";
import { makerConfig } from "./config";
import { Maker } from "./maker";

void runActor({
  name: "maker",
  description: "Buys withdrawals on L1 that its own node has re-executed, and waits for the portal in the users' place",
  schema: makerConfig,
  create: (config) =>
    Maker.create(config, {
      system: systemOf(readDeployment(config.deployment)),
      open: openExecution,
      log: createLogger("maker", config.logLevel),
    }),
});
