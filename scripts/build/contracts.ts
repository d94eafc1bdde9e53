import { run } from "../../vm/build/run";

/** Compiles the contracts of a default rollup with Hardhat and npm's solc into artifacts/, and keeps up to date what is there of others. */
export async function build(): Promise<void> {
  await compile("default");
}

/** Compiles what has changed. @param contracts - "product" leaves out what tests alone use, "default" what has to be chosen, too. */
export async function compile(contracts: "default" | "product" | "all"): Promise<void> {
  const env = { ...process.env, SOLVENT_CONTRACTS: contracts };
  await run(process.execPath, [require.resolve("hardhat/internal/cli/bootstrap.js"), "compile", "--quiet"], env);
}
