import { runActor } from "../../node/cli";
import { readDeployment } from "../../node/deployment";
import { systemOf } from "../../node/deployedSystem";
import { openExecution } from "../../node/execution";
import { createLogger } from "../../node/log";
import { sequencerConfig } from "../../sequencer/config";
import { Sequencer } from "../../sequencer/sequencer";

void runActor({
  name: "withholding-sequencer",
  description: "The honest sequencer with one patch: it never posts a batch",
  schema: sequencerConfig,
  create: (config) =>
    Sequencer.create(config, {
      system: systemOf(readDeployment(config.deployment)),
      open: openExecution,
      log: createLogger("sequencer", config.logLevel),
      mayPost: () => false,
    }),
});
