import { run } from "../../vm/build/run";

/** Compiles contracts/ with Hardhat and npm's solc into artifacts/, without what tests alone use. */
export async function build(): Promise<void> {
  await compile({ ...process.env, SOLVENT_CONTRACTS: "product" });
}

/** Compiles what has changed. @param env - SOLVENT_CONTRACTS=product leaves out what tests alone use. */
export async function compile(env: NodeJS.ProcessEnv): Promise<void> {
  await run(process.execPath, [require.resolve("hardhat/internal/cli/bootstrap.js"), "compile", "--quiet"], env);
}
