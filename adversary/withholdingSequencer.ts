import { runActor } from "../actor/cli";
import { readDeployment } from "../deployment";
import { systemOf } from "../actor/deployedSystem";
import { openExecution } from "../actor/execution";
import { createLogger } from "../actor/log";
import { sequencerConfig } from "../sequencer/config";
import { Sequencer } from "../sequencer/sequencer";

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
