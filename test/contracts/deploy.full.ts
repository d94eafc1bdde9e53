import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { readDeployment, readProgramFile } from "../../deployment";

const ROOT = join(__dirname, "..", "..");
/** The first account of Hardhat's well-known mnemonic. */
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const SEQUENCER = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

/** Hardhat's node on a free port. */
async function startNode(): Promise<{ url: string; node: ChildProcess }> {
  const cli = join(ROOT, "node_modules", "hardhat", "internal", "cli", "bootstrap.js");
  const node = spawn(
    process.execPath,
    ["--require", "tsx/cjs", cli, "node", "--hostname", "127.0.0.1", "--port", "0"],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const [, url] = /server at (http:\/\/[^\s/]+)/.exec(output) ?? [];
      if (url !== undefined) resolve({ url, node });
    };
    node.stdout.on("data", read);
    node.stderr.on("data", read);
    node.on("exit", (status) => reject(new Error(`hardhat node ended with ${status}: ${output}`)));
  });
}

describe("npm run deploy", function () {
  this.timeout(600_000);
  let url: string;
  let node: ChildProcess;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-deploy-"));
    ({ url, node } = await startNode());
  });
  after(() => {
    end(node);
    const journals = join(ROOT, "deployment", "ignition", "deployments");
    const { portal } = readDeployment(join(folder, "first.json")).addresses;
    for (const name of readdirSync(journals))
      if (name.startsWith(`l1-${portal.slice(2, 10)}`)) rmSync(join(journals, name), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });
  const end = (node: ChildProcess): void => {
    node.removeAllListeners("exit");
    node.kill();
  };

  /** Not synchronous: the node's output must be read meanwhile, or it stands still on a full pipe. */
  function deploy(config: object, out: string): Promise<{ status: number; stdout: string; stderr: string }> {
    const file = join(folder, "config.json");
    writeFileSync(file, JSON.stringify(config));
    const args = ["scripts/deploy.ts", "--network", "l1", "--config", file, "--out", join(folder, out)];
    const env = { ...process.env, SOLVENT_L1_URL: url, SOLVENT_DEPLOYER_KEY: KEY };
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        ["--require", "tsx/cjs", ...args],
        { cwd: ROOT, env },
        (_, stdout, stderr) => resolve({ status: child.exitCode ?? 1, stdout, stderr }),
      );
    });
  }

  it("puts the real system on an L1, says what it did in one file, and changes nothing when run again", async () => {
    const config = { sequencer: SEQUENCER, feeRecipient: SEQUENCER, accounts: { [SEQUENCER]: "5" } };
    const first = await deploy(config, "first.json");
    expect(first.status, first.stdout + first.stderr).to.equal(0);
    const deployment = readDeployment(join(folder, "first.json"));
    expect(deployment.programHash).to.equal(readProgramFile().programHash);
    const provider = new JsonRpcProvider(url);
    for (const address of Object.values(deployment.addresses)) {
      expect(await provider.getCode(address), address).not.to.equal("0x");
    }
    expect(await provider.getBalance(deployment.addresses.portal)).to.equal(5n);

    const deployer = new Wallet(KEY, provider);
    const nonce = await deployer.getNonce();
    const second = await deploy(config, "second.json");
    expect(second.status, second.stdout + second.stderr).to.equal(0);
    expect(await deployer.getNonce()).to.equal(nonce);
    expect(readFileSync(join(folder, "second.json"), "utf8")).to.equal(
      readFileSync(join(folder, "first.json"), "utf8"),
    );
    provider.destroy();
  });

  it("puts it on another L1, too, that begins like the first: Ignition's journal is one chain's", async () => {
    end(node);
    ({ url, node } = await startNode());
    const config = { sequencer: SEQUENCER, feeRecipient: SEQUENCER, accounts: { [SEQUENCER]: "5" } };
    const again = await deploy(config, "again.json");
    expect(again.status, again.stdout + again.stderr).to.equal(0);
    expect(readDeployment(join(folder, "again.json")).addresses).to.deep.equal(
      readDeployment(join(folder, "first.json")).addresses,
    );
  });

  it("V09 refuses a wrong configuration by name before it sends anything", async () => {
    const { status, stderr } = await deploy(
      { sequencer: SEQUENCER, feeRecipient: SEQUENCER, forceDelay: -1 },
      "none.json",
    );
    expect(status).to.equal(2);
    expect(stderr).to.include("config-invalid").and.to.include("forceDelay");
  });
});
