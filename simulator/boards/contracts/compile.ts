import hre from "hardhat";

let compiled: Promise<void> | undefined;

/** Compiles the contracts whose sources have changed. Looking for them takes half a second: once a process is enough. */
export function compileOnce(): Promise<void> {
  return (compiled ??= hre.run("compile", { quiet: true }) as Promise<void>);
}
