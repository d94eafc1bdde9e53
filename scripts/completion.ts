import { Argument } from "commander";
import { createCommand, runCommand } from "../actor/command";
import { BRIDGE } from "./bridge";
import { CONTROLS } from "./control";
import { COMMANDS } from "./support/commands";
import { completionScript } from "./support/completion";

/** `solvent completion bash|zsh`: prints a script, as in `source <(solvent completion bash)`. */
async function main(): Promise<void> {
  const command = createCommand(
    "solvent completion",
    "Prints a script to source, by which the shell completes solvent.",
  );
  const [shell] = command.addArgument(new Argument("<shell>").choices(["bash", "zsh"])).parse().args;
  const usages = Object.fromEntries([
    ...Object.keys(COMMANDS).map((name) => [name, ""] as const),
    ...Object.entries({ ...BRIDGE, ...CONTROLS }).map(([name, { usage }]) => [name, usage] as const),
  ]);
  process.stdout.write(completionScript(shell as "bash" | "zsh", usages));
}

void runCommand("solvent completion", main);
