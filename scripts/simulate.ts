import { runCommand } from "../actor/command";
import type { arenaCommand } from "./support/arena";
import { LAB_COMMANDS, labCommand } from "./support/lab";

/** Plays scenarios on the paper board, or, in the short form, games on the real contracts. */
async function main(): Promise<void> {
  if (LAB_COMMANDS.includes(process.argv[2])) return labCommand(process.argv);
  await (require("./support/arena") as { arenaCommand: typeof arenaCommand }).arenaCommand(process.argv);
}

void runCommand("simulate", main);
