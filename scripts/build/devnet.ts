import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownDeploymentConfig } from "../../devnet/contracts";
import { prepareL1, PREPARED_FOLDER } from "../../devnet/l1/prepared";
import { DEFAULT_OPTIONS, SLOW_RESPONSE_SECONDS } from "../../devnet/options";
import { Processes } from "../../devnet/processes";
import { writePreinstalls } from "./preinstalls";

/** Prepares L1's state for the devnets that no option changes, over Hardhat's L1 and over anvil, and what `solvent_preinstall` sends. */
export async function build(): Promise<void> {
  // What is stale is never found again.
  rmSync(PREPARED_FOLDER, { recursive: true, force: true });
  writePreinstalls();
  const scratch = mkdtempSync(join(tmpdir(), "solvent-build-"));
  const processes = new Processes(scratch);
  try {
    for (const responseTimeSeconds of [DEFAULT_OPTIONS.responseTimeSeconds, SLOW_RESPONSE_SECONDS])
      if ((await prepareL1(processes, ownDeploymentConfig({ ...DEFAULT_OPTIONS, responseTimeSeconds }))) === null)
        console.log("no anvil: a devnet deploys its contracts whenever it starts");
  } finally {
    await processes.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}
