import { spawn, execFile, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { toSimpleSmartAccount } from "permissionless/accounts";
import { http, parseAbi, parseEther, type Address, type Hex } from "viem";
import { createBundlerClient, entryPoint07Address, entryPoint08Address } from "viem/account-abstraction";
import { privateKeyToAccount } from "viem/accounts";
import { devAccount } from "../../devnet/accounts";
import { deployPreinstalls } from "../../devnet/preinstalls";
import { freePort } from "../../devnet/processes";
import { eventually, startDevnet } from "./support/devnet";
import { createClients } from "./support/viem";

const HERE = join(__dirname, "others");
const PACKAGES = join(HERE, "node_modules");
const GET_THEM = "npm --prefix test/clients/others ci";
const [INDEXED, UPGRADER, OWNER, EXECUTOR, UTILITY] = [2, 5, 6, 8, 9];
const RECEIVER: Address = "0x00000000000000000000000000000000000000d5";
const WETH: Address = "0x4200000000000000000000000000000000000006";

/** Too heavy for every install (500 MB): they are tried where somebody has fetched them. */
describe(`clients: those that are fetched by ${GET_THEM}`, function () {
  this.timeout(300_000);
  const scratch = mkdtempSync(join(tmpdir(), "solvent-others-"));
  const running: ChildProcess[] = [];
  let url: string;
  let clients: ReturnType<typeof createClients>;

  before(async function () {
    if (!existsSync(PACKAGES)) {
      console.log(`    skipped: get them by ${GET_THEM}`);
      return this.skip();
    }
    const info = await startDevnet();
    url = info.l2.sequencer!;
    clients = createClients(info, INDEXED);
    await deployPreinstalls(url);
  });
  after(() => {
    for (const child of running) child.kill("SIGKILL");
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Starts a command of a package. @returns what it has printed so far, by a call. */
  function start(script: string, args: string[], cwd: string, env: Record<string, string> = {}): () => string {
    const child = spawn(process.execPath, [join(PACKAGES, script), ...args], { cwd, env: { ...process.env, ...env } });
    running.push(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000)));
    return () => output;
  }

  /** @throws Error with what it printed where it does not answer in time. */
  async function untilUp(address: string, output: () => string): Promise<void> {
    const isUp = (): Promise<boolean> =>
      fetch(address).then(
        ({ status }) => status < 500,
        () => false,
      );
    await eventually(address, isUp, 120).catch((error: Error) => Promise.reject(new Error(error.message + output())));
  }

  for (const [version, entryPoint] of [
    ["0.7", entryPoint07Address],
    ["0.8", entryPoint08Address],
  ] as const)
    it(`alto bundles the first operation of an account of ERC-4337, which is estimated, sent and found, over EntryPoint ${version}`, async () => {
      const port = await freePort();
      const output = start(
        "@pimlico/alto/esm/cli/alto.js",
        [
          ...["run", "--rpc-url", url, "--port", String(port), "--entrypoints", entryPoint],
          ...["--executor-private-keys", devAccount(EXECUTOR).privateKey],
          ...["--utility-private-key", devAccount(UTILITY).privateKey, "--min-executor-balance", "0"],
          // Its safe mode wants tracers in JavaScript, which this node refuses.
          ...["--safe-mode", "false"],
        ],
        scratch,
      );
      const bundlerUrl = `http://127.0.0.1:${port}`;
      await untilUp(`${bundlerUrl}/health`, output);
      const { l2: chain, publicL2: client } = clients;
      const owner = privateKeyToAccount(devAccount(OWNER).privateKey);
      const account = await toSimpleSmartAccount({ client, owner, entryPoint: { address: entryPoint, version } });
      const funds = { to: account.address, value: parseEther("1") };
      await client.waitForTransactionReceipt({ hash: await clients.walletL2.sendTransaction(funds as never) });
      const bundler = createBundlerClient({ account, client, chain, transport: http(bundlerUrl) });
      expect(await bundler.getSupportedEntryPoints()).to.deep.equal([entryPoint]);
      const before = await client.getBalance({ address: RECEIVER });
      const hash = await bundler.sendUserOperation({ calls: [{ to: RECEIVER, value: 5n }] });
      const { success, receipt } = await bundler.waitForUserOperationReceipt({ hash, timeout: 60_000 });
      expect(success).to.equal(true);
      expect(await client.getBalance({ address: RECEIVER })).to.equal(before + 5n);
      expect((await client.getTransactionReceipt({ hash: receipt.transactionHash })).status).to.equal("success");
    });

  it("ponder indexes a contract from the first block, reads it at each event, and goes on with new blocks", async () => {
    const { publicL2, walletL2 } = clients;
    const deposit = async (value: bigint): Promise<void> => {
      const call = { address: WETH, abi: parseAbi(["function deposit() payable"]), functionName: "deposit", value };
      const hash = await walletL2.writeContract(call as never);
      await publicL2.waitForTransactionReceipt({ hash });
    };
    await deposit(3n);
    const project = join(scratch, "ponder");
    cpSync(join(HERE, "ponder"), project, { recursive: true });
    symlinkSync(PACKAGES, join(project, "node_modules"));
    const port = await freePort();
    const env = { SOLVENT_URL: url, SOLVENT_PONDER_DIR: join(scratch, "pglite"), PONDER_TELEMETRY_DISABLED: "true" };
    const command = "ponder/dist/esm/bin/ponder.js";
    const output = start(command, ["start", "--schema", "solvent", "--port", String(port)], project, env);
    await untilUp(`http://127.0.0.1:${port}/ready`, output);
    const query = '{"query":"{deposits(orderBy:\\"block\\"){items{to amount balance}}}"}';
    const items = async (): Promise<{ to: Hex; amount: string; balance: string }[]> => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`http://127.0.0.1:${port}/graphql`, { method: "POST", headers, body: query });
      return ((await answer.json()) as { data: { deposits: { items: never[] } } }).data.deposits.items;
    };
    await eventually("what was there before", async () => (await items()).length === 1).catch((error: Error) =>
      Promise.reject(new Error(error.message + output())),
    );
    await deposit(4n);
    await eventually("what came later", async () => (await items()).length === 2).catch((error: Error) =>
      Promise.reject(new Error(error.message + output())),
    );
    const to = devAccount(INDEXED).address;
    expect(await items()).to.deep.equal([
      { to, amount: "3", balance: "3" },
      { to, amount: "4", balance: "7" },
    ]);
  });

  it("OpenZeppelin's Hardhat upgrades deploys proxies, upgrades them, and refuses what does not fit", async () => {
    const env = {
      ...process.env,
      SOLVENT_SCRATCH: scratch,
      SOLVENT_L2_URL: url,
      SOLVENT_L2_KEY: devAccount(UPGRADER).privateKey,
      MANIFEST_DEFAULT_DIR: join(scratch, "manifest"),
      HARDHAT_DISABLE_TELEMETRY_PROMPT: "true",
    };
    const hardhat = require.resolve("hardhat/internal/cli/cli.js");
    const args = [hardhat, "--config", "hardhat.config.cjs", "test", "--network", "solvent"];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: join(HERE, "hardhat"), env }).catch(
      (error: { stdout: string; stderr: string }) => Promise.reject(new Error(error.stdout + error.stderr)),
    );
    expect(stdout).to.contain("3 passing").and.not.contain("failing");
  });
});
