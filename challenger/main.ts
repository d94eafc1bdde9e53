import { runActor } from "../actor/cli";
import { readDeployment } from "../deployment";
import { systemOf } from "../actor/deployedSystem";
import { createLogger } from "../actor/log";
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
