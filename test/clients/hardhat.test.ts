import { expect } from "chai";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { devAccount } from "../../devnet/accounts";
import { startDevnet } from "./support/devnet";

const PROJECT = join(__dirname, "hardhat");

describe("clients: Hardhat with the L2 as a network", function () {
  this.timeout(180_000);
  const scratch = mkdtempSync(join(tmpdir(), "solvent-hardhat-"));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it("compiles, deploys and tests a contract", async () => {
    const { l2 } = await startDevnet();
    const env = {
      ...process.env,
      SOLVENT_SCRATCH: scratch,
      SOLVENT_L2_URL: l2.sequencer!,
      SOLVENT_L2_KEY: devAccount(5).privateKey,
      HARDHAT_DISABLE_TELEMETRY_PROMPT: "true",
    };
    const args = [
      require.resolve("hardhat/internal/cli/cli.js"),
      "--config",
      "hardhat.config.cjs",
      "test",
      "--network",
      "solvent",
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PROJECT, env }).catch(
      (error: { stdout: string; stderr: string }) => Promise.reject(new Error(error.stdout + error.stderr)),
    );
    expect(stdout).to.contain("1 passing").and.not.contain("failing");
  });
});
