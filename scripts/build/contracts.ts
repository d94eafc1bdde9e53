import { run } from "../../vm/build/run";

/** Compiles contracts/ with Hardhat and npm's solc into artifacts/. */
export async function build(): Promise<void> {
  await run(process.execPath, [require.resolve("hardhat/internal/cli/bootstrap.js"), "compile", "--quiet"]);
}
