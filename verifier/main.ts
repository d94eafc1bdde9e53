import { runActor } from "../node/cli";
import { readDeployment } from "../node/deployment";
import { systemOf } from "../node/deployedSystem";
import { openExecution } from "../node/execution";
import { createLogger } from "../node/log";
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
