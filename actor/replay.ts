import { Command } from "commander";
import { openExecution } from "./execution";
import { SolventError } from "../protocol/errors";
import { NO_BLOCK, replayEvidence } from "./evidence";

/**
 * `npx tsx actor/replay.ts FILE`: repeats what a node kept: a difference between engine and program, or a run in which the program
 * made no block; with the builds at hand.
 * Exit status 0 where both make the same block now (or the program makes one), 1 where it is as it was, 2 for a file that is no evidence.
 */
function main(): number {
  const command = new Command("replay").argument("<file>", "differences/block-N-....json of the node's data folder");
  const [file] = command.parse().processedArgs as [string];
  const { evidence, now } = replayEvidence(file, openExecution);
  console.log(`block ${evidence.blockNumber} of chain ${evidence.chainId}, on ${evidence.parentOutputRoot}`);
  console.log(`promised: ${evidence.expected}\nread:     ${evidence.actual}`);
  console.log(`engine:   ${now.engine}\nprogram:  ${now.program}`);
  const { expected, actual, built } = evidence;
  // A side that failed alone, for the other has nothing to say of the block.
  const hasFailed = expected === NO_BLOCK && !actual.startsWith("0x");
  const isMade = (built === null ? now.program : now.engine).startsWith("0x");
  const isMended = hasFailed ? isMade : now.engine === now.program;
  const [yes, no] = hasFailed ? ["a block is made now", "no block is made"] : ["they agree now", "they differ"];
  console.log(isMended ? yes : no);
  return isMended ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof SolventError)) throw error;
  console.error(`replay: [${error.code}] ${error.message}`);
  process.exitCode = 2;
}
