import { Command } from "commander";
import { openExecution } from "../actor/execution";
import { SolventError } from "../protocol/errors";
import { replayEvidence } from "./batch/evidence";

/**
 * `npx tsx sequencer/replay.ts FILE`: repeats a difference between engine and program that a sequencer kept, with the builds at hand.
 * Exit status 0 where both make the same block now, 1 where they differ, 2 for a file that is no evidence.
 */
function main(): number {
  const command = new Command("replay").argument(
    "<file>",
    "differences/block-N-....json of the sequencer's data folder",
  );
  const [file] = command.parse().processedArgs as [string];
  const { evidence, now } = replayEvidence(file, openExecution);
  console.log(`block ${evidence.blockNumber} of chain ${evidence.chainId}, on ${evidence.parentOutputRoot}`);
  console.log(`promised: ${evidence.expected}\nread:     ${evidence.actual}`);
  console.log(`engine:   ${now.engine}\nprogram:  ${now.program}`);
  const isSame = now.engine === now.program;
  console.log(isSame ? "they agree now" : "they differ");
  return isSame ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof SolventError)) throw error;
  console.error(`replay: [${error.code}] ${error.message}`);
  process.exitCode = 2;
}
