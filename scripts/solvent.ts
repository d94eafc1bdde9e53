#!/usr/bin/env node
import { BRIDGE, runBridge } from "./bridge";
import { CONTROLS, runControl } from "./control";
import { COMMANDS } from "./support/commands";

/** `prove` is two commands: of a withdrawal, named by its hash, and of a program, named by its file and its input. */
function isOfProgram(name: string, rest: readonly string[]): boolean {
  return name === "prove" && rest.some((word) => word.endsWith(".wasm") || /^--input(=|$)/.test(word));
}

/** `solvent NAME [...]`. Status 2, and one line that says what there is, for a name that is none. */
function main([name, ...rest]: string[]): void {
  for (const [commands, run] of [
    [CONTROLS, runControl],
    [BRIDGE, runBridge],
  ] as const) {
    if (!Object.hasOwn(commands, name ?? "") || isOfProgram(name, rest)) continue;
    process.argv = [process.argv[0], `solvent ${name}`, ...rest];
    void run(name).then(() => process.exit());
    return;
  }
  const command = COMMANDS[name];
  if (command === undefined) {
    const isHelp = name === undefined || name === "--help" || name === "help";
    const list = (commands: Readonly<Record<string, { about: string }>>): string =>
      Object.entries(commands)
        .map(([one, { about }]) => `  ${one.padEnd(10)} ${about}`)
        .join("\n");
    const text =
      `Usage: solvent NAME [options]; solvent NAME --help says which\n${list(COMMANDS)}\n` +
      `Over the bridge, on a devnet or any other deployment:\n${list(BRIDGE)}\nOf a devnet that runs:\n${list(CONTROLS)}`;
    if (isHelp) console.log(text);
    else console.error(`solvent: no command "${name}"\n${text}`);
    process.exitCode = isHelp ? 0 : 2;
    return;
  }
  // The command reads its own arguments, as if it had been started alone.
  process.argv = [process.argv[0], `solvent ${name}`, ...rest];
  require(command.module);
}

main(process.argv.slice(2));
