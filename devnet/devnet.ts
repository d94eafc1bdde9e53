import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonRpcProvider, NonceManager, Wallet } from "ethers";
import {
  deploymentToJson,
  deploySystem,
  readDeployment,
  type Deployment,
  type DeploymentConfigInput,
} from "../deployment";
import { SolventError } from "../protocol/errors";
import { L1Rpc } from "../node/l1/rpc";
import { moduleFile } from "../node/modules";
import { devAccount, MNEMONIC, ROLES, USER_ACCOUNTS, type DevAccount } from "./accounts";
import { ExplorerServer } from "./explorerServer";
import { freePort, Processes, requireFreePort } from "./processes";

export const L2_CHAIN_ID = 42_161_001;
const ROOT = join(__dirname, "..");
const ETHER = 10n ** 18n;
/** As much as one transaction may have: the devnet's ether costs nothing, waiting for estimates would. */
const DEPLOY_GAS = 16_777_216n;

export interface DevnetOptions {
  /** `hardhat`, `anvil`, or the URL of an L1 that runs already. */
  l1: string;
  l1Port: number;
  /** Milliseconds between L1 blocks. */
  l1IntervalMs: number;
  sequencerPort: number;
  verifierPort: number;
  /** Null serves no explorer. */
  explorerPort: number | null;
  blockTimeMs: number;
  /** Heights of the game, and seconds of one answer; the challenge period follows. */
  heights: [number, number, number];
  responseTimeSeconds: number;
  assertionIntervalSeconds: number;
  forceDelaySeconds: number;
  batchAgeMs: number;
  /** Kept between runs; a folder of its own, deleted at the end, where null. */
  dataDir: string | null;
  logLevel: string;
  /** Actors to leave out: `sequencer`, `verifier`, `challenger`. */
  without: string[];
  /** Private key that pays for the actors on an L1 where their accounts have no ether. */
  funder: string | null;
}

export const DEFAULT_OPTIONS: DevnetOptions = {
  l1: "hardhat",
  l1Port: 8545,
  l1IntervalMs: 200,
  sequencerPort: 9545,
  verifierPort: 9546,
  explorerPort: null,
  blockTimeMs: 500,
  heights: [6, 20, 14],
  responseTimeSeconds: 1,
  assertionIntervalSeconds: 10,
  forceDelaySeconds: 20,
  batchAgeMs: 2_000,
  dataDir: null,
  logLevel: "info",
  without: [],
  funder: null,
};

/** What a client needs of a running devnet; also written to `devnet.json` in its folder. */
export interface DevnetInfo {
  l1: { url: string; chainId: number };
  l2: { sequencer: string | null; verifier: string | null; chainId: number };
  explorer: string | null;
  deployment: Deployment;
  deploymentFile: string;
  dataDir: string;
  mnemonic: string;
  accounts: DevAccount[];
}

/** L1, contracts and all actors, each a process of its own. `stop` ends all of them, always. */
export class Devnet {
  readonly processes: Processes;
  readonly #options: DevnetOptions;
  readonly #dataDir: string;
  #info: DevnetInfo | null = null;
  #port: number | null = null;
  #explorer: ExplorerServer | null = null;

  constructor(options: Partial<DevnetOptions> = {}) {
    this.#options = { ...DEFAULT_OPTIONS, ...options };
    const { dataDir } = this.#options;
    this.#dataDir = dataDir ?? mkdtempSync(join(tmpdir(), "solvent-devnet-"));
    mkdirSync(this.#dataDir, { recursive: true });
    this.processes = new Processes(join(this.#dataDir, "logs"));
  }

  get info(): DevnetInfo {
    if (this.#info === null) throw new SolventError("devnet-not-started", "the devnet is not up: call start() first");
    return this.#info;
  }

  get logDir(): string {
    return join(this.#dataDir, "logs");
  }

  get options(): DevnetOptions {
    return this.#options;
  }

  /** @throws SolventError `process-failed`, `l1-unavailable`, or what deploying throws; all children have ended then. */
  async start(): Promise<DevnetInfo> {
    try {
      const l1Url = await this.#startL1();
      const deploymentFile = join(this.#dataDir, "deployment.json");
      const deployment = await this.#deploy(l1Url, deploymentFile);
      this.#info = {
        l1: { url: l1Url, chainId: deployment.l1ChainId },
        l2: { sequencer: null, verifier: null, chainId: L2_CHAIN_ID },
        explorer: null,
        deployment,
        deploymentFile,
        dataDir: this.#dataDir,
        mnemonic: MNEMONIC,
        accounts: Array.from({ length: USER_ACCOUNTS }, (_, i) => devAccount(i)),
      };
      await this.#startActors();
      writeFileSync(join(this.#dataDir, "devnet.json"), JSON.stringify(this.#info, null, 2) + "\n");
      return this.#info;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#explorer?.stop();
    await this.processes.stop();
    if (this.#options.dataDir === null) rmSync(this.#dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Starts (or starts again) the sequencer. @param file - another main file: the sequencer with a patch. */
  async startSequencer(file?: string): Promise<void> {
    const { blockTimeMs, batchAgeMs } = this.#options;
    const port = await this.#sequencerPort();
    const config = {
      privateKey: devAccount(ROLES.sequencer).privateKey,
      blockTimeMs,
      l1Confirmations: 1,
      emptyBlocks: false,
      batch: { maxAgeMs: batchAgeMs },
      rpc: { port },
    };
    const ready = await this.#startActor("sequencer", config, "sequencer", file);
    this.info.l2.sequencer = ready.rpc as string;
  }

  async startVerifier(name = "verifier", port = this.#options.verifierPort, config: object = {}): Promise<string> {
    const sequencerUrl = this.info.l2.sequencer ?? undefined;
    const ready = await this.#startActor("verifier", { rpc: { port }, sequencerUrl, ...config }, name);
    if (name === "verifier") this.info.l2.verifier = ready.rpc as string;
    return ready.rpc as string;
  }

  /** Starts an honest challenger under a key of its own. */
  async startChallenger(
    name = "challenger",
    account = devAccount(ROLES.challenger),
    config: object = {},
  ): Promise<void> {
    const { assertionIntervalSeconds } = this.#options;
    await this.#startActor("challenger", { privateKey: account.privateKey, assertionIntervalSeconds, ...config }, name);
  }

  /** Starts a liar: the honest challenger with one patch. `fault` as `npm start -- --fault` takes it. */
  async startLiar(fault: string, seed: number, name = "liar", account = devAccount(ROLES.liar)): Promise<void> {
    const { assertionIntervalSeconds } = this.#options;
    // Forging a balance needs an account that exists on L2.
    const beneficiary = devAccount(USER_ACCOUNTS - 1).address;
    const config = { privateKey: account.privateKey, assertionIntervalSeconds, fault, seed, beneficiary };
    await this.#startActor("adversary", config, name, moduleFile(join(ROOT, "adversary", "main")));
  }

  async #startActors(): Promise<void> {
    const { without } = this.#options;
    const rest: Promise<unknown>[] = [];
    if (!without.includes("sequencer")) {
      // The verifier needs the URL, not the sequencer itself: they start together.
      this.info.l2.sequencer = `http://127.0.0.1:${await this.#sequencerPort()}`;
      rest.push(this.startSequencer());
    }
    if (!without.includes("verifier")) rest.push(this.startVerifier());
    if (!without.includes("challenger")) rest.push(this.startChallenger());
    await Promise.all(rest);
    const { explorerPort } = this.#options;
    const { l1, l2, deployment } = this.info;
    if (explorerPort === null || l2.verifier === null) return;
    this.#explorer = new ExplorerServer({ l1: l1.url, rpc: l2.verifier, sequencer: l2.sequencer, deployment });
    this.info.explorer = await this.#explorer.start(explorerPort);
  }

  /** Chosen once: a sequencer that starts again is found where it was. */
  async #sequencerPort(): Promise<number> {
    this.#port ??= this.#options.sequencerPort === 0 ? await freePort() : this.#options.sequencerPort;
    return this.#port;
  }

  async #startActor(actor: string, config: object, name = actor, file = moduleFile(join(ROOT, actor, "main"))) {
    const { l1IntervalMs, logLevel } = this.#options;
    const pollIntervalMs = Math.max(20, Math.min(500, Math.floor(l1IntervalMs / 2)));
    const whole = {
      dataDir: join(this.#dataDir, name),
      deployment: this.info.deploymentFile,
      l1Url: this.info.l1.url,
      l1: { pollIntervalMs, finality: 8 },
      logLevel,
      ...config,
    };
    const configFile = join(this.#dataDir, `${name}.config.json`);
    writeFileSync(configFile, JSON.stringify(whole, null, 2) + "\n");
    return this.processes.startNode(name, file, ["--config", configFile]);
  }

  async #startL1(): Promise<string> {
    const { l1, l1Port, l1IntervalMs, dataDir } = this.#options;
    if (/^https?:/.test(l1)) return l1;
    const port = l1Port === 0 ? await freePort() : l1Port;
    await requireFreePort(port);
    const url = `http://127.0.0.1:${port}`;
    if (l1 === "hardhat") {
      const journal = dataDir === null ? [] : [join(dataDir, "l1.journal")];
      const args = [String(port), String(l1IntervalMs), ...journal];
      await this.processes.startNode("l1", moduleFile(join(ROOT, "devnet", "l1Process")), args);
    } else if (l1 === "anvil") {
      const state = dataDir === null ? [] : ["--state", join(dataDir, "anvil.json")];
      const args = [
        "--port",
        String(port),
        "--block-time",
        String(Math.max(1, l1IntervalMs / 1000)),
        "--silent",
        ...state,
      ];
      this.processes.startProgram("l1", anvilBinary(), [...args, "--hardfork", "osaka", "--accounts", "20"]);
      await untilAnswers(url);
    } else throw new SolventError("config-invalid", `--l1 ${l1}: must be hardhat, anvil or the URL of an L1 node`);
    return url;
  }

  /** The actors' accounts have ether on the L1s that are started here; elsewhere somebody has to pay: the funder, or the mnemonic's first account. */
  async #fund(provider: JsonRpcProvider): Promise<void> {
    const { deployer, sequencer, challenger, liar, stranger } = ROLES;
    const needed = new Map<number, bigint>(
      [sequencer, challenger, liar, stranger].map((role) => [role, 50n * ETHER] as const),
    );
    needed.set(deployer, 1_010n * ETHER); // L2's genesis balances are paid in
    const funder = new Wallet(this.#options.funder ?? devAccount(0).privateKey, provider);
    for (const [role, amount] of needed) {
      const { address } = devAccount(role);
      const missing = amount - (await provider.getBalance(address));
      if (missing <= 0n) continue;
      if ((await provider.getBalance(funder.address)) < missing + ETHER)
        throw new SolventError(
          "funds-missing",
          `${address} needs ${missing / ETHER + 1n} ether on this L1, and ${funder.address} has too little to give it: ` +
            "name the key of an account that has some as --funder",
        );
      await (await funder.sendTransaction({ to: address, value: missing })).wait();
    }
  }

  async #deploy(l1Url: string, file: string): Promise<Deployment> {
    const provider = new JsonRpcProvider(l1Url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 });
    try {
      if (existsSync(file)) return await this.#deployed(provider, file);
      await this.#fund(provider);
      const signer = new NonceManager(new Wallet(devAccount(ROLES.deployer).privateKey, provider));
      const block = (await provider.getBlock("latest"))!;
      const deployment = await deploySystem(signer, this.#deploymentConfig(block.timestamp), { gasLimit: DEPLOY_GAS });
      writeFileSync(file, deploymentToJson(deployment));
      return deployment;
    } finally {
      provider.destroy();
    }
  }

  /** What an earlier start deployed. @throws SolventError `l1-wrong-chain` where L1 does not have it. */
  async #deployed(provider: JsonRpcProvider, file: string): Promise<Deployment> {
    const deployment = readDeployment(file);
    const { inbox } = deployment.addresses;
    if ((await provider.getCode(inbox)) !== "0x") return deployment;
    throw new SolventError(
      "l1-wrong-chain",
      `${file} names contracts that this L1 does not have (no code at ${inbox}): the folder belongs to another L1, or this one ` +
        "was started anew; take another --datadir",
    );
  }

  #deploymentConfig(timestamp: number): DeploymentConfigInput {
    const { heights, responseTimeSeconds, forceDelaySeconds } = this.#options;
    const rounds = heights.reduce((sum, height) => sum + height, 3);
    const balances = Array.from({ length: USER_ACCOUNTS }, (_, i) => [devAccount(i).address, 100n * ETHER] as const);
    return {
      chainId: L2_CHAIN_ID,
      timestamp,
      sequencer: devAccount(ROLES.sequencer).address,
      feeRecipient: devAccount(ROLES.feeRecipient).address,
      forceDelay: forceDelaySeconds,
      accounts: Object.fromEntries(balances),
      game: { heights, challengePeriod: rounds * responseTimeSeconds + 1, responseTime: responseTimeSeconds },
    };
  }
}

/** The platform's own binary, never npm's shim, which would leave it behind when killed. */
export function anvilBinary(): string {
  const name = `@foundry-rs/anvil-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  try {
    return require.resolve(`${name}/bin/anvil${process.platform === "win32" ? ".exe" : ""}`);
  } catch (cause) {
    throw new SolventError("anvil-missing", `${name} is not installed: npm install @foundry-rs/anvil`, { cause });
  }
}

async function untilAnswers(url: string): Promise<void> {
  const rpc = new L1Rpc(url, { retries: 0, timeoutMs: 500 });
  for (let attempt = 0; ; attempt++) {
    try {
      await rpc.send("eth_chainId", []);
      return;
    } catch (error) {
      if (attempt >= 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The description that a devnet in this folder wrote. */
export function readDevnetInfo(dataDir: string): DevnetInfo {
  return JSON.parse(readFileSync(join(dataDir, "devnet.json"), "utf8")) as DevnetInfo;
}
