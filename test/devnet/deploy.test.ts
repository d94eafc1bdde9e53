import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider } from "ethers";
import { readDeployment } from "../../deployment";
import { devAccount } from "../../devnet/accounts";
import { anvilBinary } from "../../devnet/l1/anvil";
import { freePort } from "../../devnet/processes";
import { runSolvent } from "./support/solvent";

const ROOT = join(__dirname, "..", "..");
const EXAMPLE = join("deployment", "example.json");
const L1_CHAIN_ID = 31_337;
const HARDHAT = join(ROOT, "node_modules", "hardhat", "internal", "cli", "bootstrap.js");

/** L1s as people start them, with nothing set but the port. */
const NODES: [name: string, start: (port: number) => [command: string, args: string[]]][] = [
  [
    "hardhat node",
    (port) => [process.execPath, ["--require", require.resolve("tsx/cjs"), HARDHAT, "node", "--port", String(port)]],
  ],
  ["anvil", (port) => [anvilBinary(), ["--port", String(port)]]],
  ["anvil --block-time 1", (port) => [anvilBinary(), ["--port", String(port), "--block-time", "1"]]],
];

describe("devnet: solvent deploy against an L1 of one's own", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "solvent-deploy-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, start] of NODES)
    it(`works at the first run on a fresh ${name}, and changes nothing at the second`, async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const [command, args] = start(port);
      const node = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
      const provider = new JsonRpcProvider(url, L1_CHAIN_ID, { staticNetwork: true, batchMaxCount: 1 });
      try {
        await untilAnswers(provider, node);
        const out = join(folder, `${port}.json`);
        const deploy = ["deploy", "--l1", url, "--config", EXAMPLE, "--out", out];
        const env = { SOLVENT_DEPLOYER_KEY: devAccount(0).privateKey };
        const { status, stderr } = await runSolvent(deploy, env);
        expect(status, stderr).to.equal(0);
        const deployment = readDeployment(out);
        for (const address of Object.values(deployment.addresses))
          expect(await provider.getCode(address), address).not.to.equal("0x");
        expect(await provider.getBalance(deployment.addresses.portal)).to.equal(10n ** 18n);
        const [written, nonce] = [readFileSync(out, "utf8"), await provider.getTransactionCount(devAccount(0).address)];
        expect((await runSolvent(deploy, env)).status).to.equal(0);
        expect(readFileSync(out, "utf8")).to.equal(written);
        expect(await provider.getTransactionCount(devAccount(0).address)).to.equal(nonce);
      } finally {
        provider.destroy();
        await end(node);
      }
    });

  it("refuses in one line what it cannot do", async () => {
    const url = ["--l1", "http://127.0.0.1:1"];
    const config = ["--config", EXAMPLE];
    const refused: [args: string[], status: number, says: RegExp][] = [
      [[...config], 2, /one of --l1 and --network/],
      [[...url, "--network", "l1", ...config], 2, /one of --l1 and --network/],
      [[...url, ...config], 2, /--key or SOLVENT_DEPLOYER_KEY/],
      [[...url, ...config, "--key", devAccount(0).privateKey], 1, /\[l1-unavailable\]/],
      [
        [...url, "--config", "nowhere.json"],
        1,
        /config-unreadable.*cannot read the configuration nowhere.json: give a file/,
      ],
    ];
    for (const [args, status, says] of refused) {
      const ended = await runSolvent(["deploy", ...args], { SOLVENT_DEPLOYER_KEY: undefined });
      expect(ended.stderr, args.join(" ")).to.match(says);
      expect(ended.stderr.trim().split("\n"), args.join(" ")).to.have.length(1);
      expect(ended.status, args.join(" ")).to.equal(status);
    }
  });
});

async function untilAnswers(provider: JsonRpcProvider, node: ChildProcess): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const isUp = await provider.send("eth_chainId", []).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    if (attempt > 600 || node.exitCode !== null) throw new Error("L1 did not start");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function end(node: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => node.once("exit", resolve));
  node.kill();
  await gone;
}
