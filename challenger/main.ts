import { runActor } from "../node/cli";
import { readDeployment } from "../node/deployment";
import { systemOf } from "../node/deployedSystem";
import { createLogger } from "../node/log";
import { openProgram } from "../node/engine";
import { Challenger } from "./challenger";
import { challengerConfig } from "./config";

void runActor({
  name: "challenger",
  description: "Asserts what is right, answers what is wrong, takes stakes back",
  schema: challengerConfig,
  create: (config) =>
    Challenger.create(config, {
      system: systemOf(readDeployment(config.deployment)),
      open: (nodes) => ({ program: openProgram({ nodes }) }),
      log: createLogger("challenger", config.logLevel),
      onStep: (step) => process.send?.({ step }),
    }),
});
