import { createCommand, runCommand } from "../actor/command";
import type { Target } from "./support/ask";
import { Classroom, EXERCISES } from "./support/checks";

/** `solvent check N`: what an exercise of docs/workshop still lacks. Status 1 where something is missing. */
async function main(): Promise<void> {
  const command = createCommand("solvent check", "Looks whether an exercise of docs/workshop is done.");
  const number = command.createArgument("<exercise>", "its number").choices(Object.keys(EXERCISES));
  command
    .addArgument(number)
    .option("--dir <folder>", "where the exercises write", "workshop")
    .option("--url <url>", "JSON-RPC of the devnet's L1; http://127.0.0.1:8545 by default")
    .option("--datadir <dir>", "the folder that the devnet was started with")
    .parse();
  const { dir, ...target } = command.opts<Target & { dir: string }>();
  const { title, check } = EXERCISES[command.args[0]];
  const lab = new Classroom(target, dir);
  try {
    const findings = await check(lab);
    for (const { what, missing } of findings)
      console.log(missing === null ? `ok       ${what}` : `MISSING  ${what}\n         ${missing}`);
    const isDone = findings.every(({ missing }) => missing === null);
    console.log(`exercise ${command.args[0]}, ${title}: ${isDone ? "done" : "not done yet"}`);
    if (!isDone) process.exitCode = 1;
  } finally {
    await lab.close();
  }
}

void runCommand("solvent check", main).then(() => process.exit());
