import { runActor } from "../actor/cli";
import { readDeployment } from "../deployment";
import { systemOf } from "../actor/deployedSystem";
import { openExecution } from "../actor/execution";
import { createLogger } from "../actor/log";
import { verifierConfig } from "./config";
import { Verifier } from "./verifier";

void runActor({
  name: "verifier",
  description: "Rebuilds the chain from L1, serves it over JSON-RPC, audits solvency",
  schema: verifierConfig,
  create: (config) =>
    Verifier.create(config, {
      system: systemOf(readDeployment(config.deployment)),
      open: openExecution,
      log: createLogger("verifier", config.logLevel),
    }),
});
