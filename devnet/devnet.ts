import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDeploymentConfig, type Deployment } from "../deployment";
import { L1Rpc } from "../node/l1/rpc";
import { moduleFile } from "../node/modules";
import { Database } from "../node/store/database";
import { isErrorCode, SolventError } from "../protocol/errors";
import { devAccount, MNEMONIC, ROLES, USER_ACCOUNTS, type DevAccount } from "./accounts";
import { Control } from "./control";
import { deployContracts, L2_CHAIN_ID } from "./contracts";
import { ExplorerServer } from "./explorerServer";
import { startL1 } from "./l1/start";
import { checkOptions, DEFAULT_OPTIONS, isUrl, type DevnetOptions } from "./options";
import { freePort, Processes, requireFreePort } from "./processes";

export { L2_CHAIN_ID } from "./contracts";
export { DEFAULT_OPTIONS, type DevnetOptions } from "./options";

const ROOT = join(__dirname, "..");

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
  #lock: Database | null = null;
  #control: Control | null = null;
  #controlUrl = "";

  /** @throws SolventError `config-invalid`, or `datadir-invalid` where the folder cannot be made. */
  constructor(options: Partial<DevnetOptions> = {}) {
    this.#options = { ...DEFAULT_OPTIONS, ...options };
    checkOptions(this.#options);
    const { dataDir } = this.#options;
    this.#dataDir = dataDir ?? mkdtempSync(join(tmpdir(), "solvent-devnet-"));
    try {
      mkdirSync(this.#dataDir, { recursive: true });
    } catch (cause) {
      throw new SolventError("datadir-invalid", `${this.#dataDir} cannot be a folder: take another --datadir`, {
        cause,
      });
    }
    this.processes = new Processes(join(this.#dataDir, "logs"));
  }

  get info(): DevnetInfo {
    if (this.#info === null) throw new SolventError("devnet-not-started", "the devnet is not up: call start() first");
    return this.#info;
  }

  get logDir(): string {
    return join(this.#dataDir, "logs");
  }

  /** Moves time and blocks of the whole system. */
  get control(): Control {
    if (this.#control === null)
      throw new SolventError("devnet-not-started", "the devnet is not up: call start() first");
    return this.#control;
  }

  get options(): DevnetOptions {
    return this.#options;
  }

  /**
   * @throws SolventError `port-taken`, `datadir-in-use`, `process-failed`, `l1-unavailable`, or what deploying throws; all children have
   * ended then.
   */
  async start(): Promise<DevnetInfo> {
    try {
      await this.#requirePorts();
      await this.#lockFolder();
      const l1Port = this.#options.l1Port === 0 ? await freePort() : this.#options.l1Port;
      const l1Url = await startL1(this.processes, this.#options, l1Port);
      const deploymentFile = join(this.#dataDir, "deployment.json");
      const deployment = await deployContracts(l1Url, deploymentFile, this.#options);
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
      await this.#startControl();
      await this.#startActors();
      writeFileSync(join(this.#dataDir, "devnet.json"), JSON.stringify(this.#info, null, 2) + "\n");
      return this.#info;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends everything. A temporary folder goes with it, but for one with the log of a child that failed. */
  async stop(): Promise<void> {
    await this.#explorer?.stop();
    await this.#control?.stop();
    await this.processes.stop();
    await this.#lock?.close();
    this.#lock = null;
    if (this.#options.dataDir === null && !this.processes.hasFailed)
      rmSync(this.#dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Starts (or starts again) the sequencer. @param file - another main file: the sequencer with a patch. */
  async startSequencer(file?: string): Promise<void> {
    const { blockTimeMs, batchAgeMs, emptyBlocks } = this.#options;
    const port = await this.#sequencerPort();
    const config = {
      privateKey: devAccount(ROLES.sequencer).privateKey,
      blockTimeMs,
      l1Confirmations: 1,
      emptyBlocks,
      batch: { maxAgeMs: batchAgeMs },
      rpc: { port },
    };
    const ready = await this.#startActor("sequencer", config, "sequencer", file);
    this.info.l2.sequencer = ready.rpc as string;
  }

  /** Starts the sequencer again where a fault has ended it. */
  async reviveSequencer(): Promise<void> {
    if (this.info.l2.sequencer !== null && this.processes.pid("sequencer") === undefined) await this.startSequencer();
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

  /**
   * Starts a liar: the honest challenger with one patch, which knows nothing of the one before. Nobody else ends when it does.
   * @param fault - as `npm start -- --fault` takes it.
   */
  async startLiar(fault: string, seed: number, name = "liar", account = devAccount(ROLES.liar)): Promise<void> {
    rmSync(join(this.#dataDir, name), { recursive: true, force: true, maxRetries: 5 });
    const { assertionIntervalSeconds } = this.#options;
    // Forging a balance needs an account that exists on L2.
    const beneficiary = devAccount(USER_ACCOUNTS - 1).address;
    const config = { privateKey: account.privateKey, assertionIntervalSeconds, fault, seed, beneficiary };
    await this.#startActor("adversary", config, name, moduleFile(join(ROOT, "adversary", "main")), true);
  }

  async #startControl(): Promise<void> {
    const { l1, l2, deployment } = this.info;
    const { maxDelay } = parseDeploymentConfig(deployment.parameters);
    this.#control = new Control({ l1Url: l1.url, sequencerUrl: () => l2.sequencer, maxDelaySeconds: Number(maxDelay) });
    this.#controlUrl = await this.#control.start();
    if (this.#options.l1 !== "hardhat") return;
    const rpc = new L1Rpc(l1.url, { retries: 0 });
    await rpc.send("devnet_setFlusher", [this.#controlUrl, this.#control.farSeconds]).finally(() => rpc.close());
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

  async #startActor(
    actor: string,
    config: object,
    name = actor,
    file = moduleFile(join(ROOT, actor, "main")),
    mayEnd = false,
  ) {
    const { l1IntervalMs, logLevel } = this.#options;
    const pollIntervalMs = Math.max(20, Math.min(500, Math.floor(l1IntervalMs / 2)));
    const whole = {
      dataDir: join(this.#dataDir, name),
      deployment: this.info.deploymentFile,
      l1Url: this.info.l1.url,
      l1: { pollIntervalMs, finality: 8 },
      controlUrl: this.#controlUrl,
      logLevel,
      ...config,
    };
    const configFile = join(this.#dataDir, `${name}.config.json`);
    writeFileSync(configFile, JSON.stringify(whole, null, 2) + "\n");
    return this.processes.startNode(name, file, ["--config", configFile], mayEnd);
  }

  /** Before anything runs: a port that is taken is named together with the flag that chooses it. */
  async #requirePorts(): Promise<void> {
    const { l1, l1Port, sequencerPort, verifierPort, explorerPort, without } = this.#options;
    const ports: [port: number | null, flag: string][] = [
      [isUrl(l1) ? null : l1Port, "--l1-port"],
      [without.includes("sequencer") ? null : sequencerPort, "--port"],
      [without.includes("verifier") ? null : verifierPort, "--verifier-port"],
      [explorerPort, "--explorer-port"],
    ];
    const chosen = new Map<number, string>();
    for (const [port, flag] of ports) {
      if (port === null || port === 0) continue;
      const other = chosen.get(port);
      if (other !== undefined)
        throw new SolventError("config-invalid", `${other} and ${flag} are both ${port}: they must differ`);
      chosen.set(port, flag);
      await requireFreePort(port, flag);
    }
  }

  /** A folder that is kept belongs to one devnet at a time: nothing is written before that is sure. */
  async #lockFolder(): Promise<void> {
    if (this.#options.dataDir === null) return;
    try {
      this.#lock = await Database.open(join(this.#dataDir, "lock"), "devnet");
    } catch (cause) {
      if (!isErrorCode(cause, "store-locked")) throw cause;
      const text = `another devnet runs in ${this.#dataDir}: end it, or take another --datadir`;
      throw new SolventError("datadir-in-use", text, { cause });
    }
  }
}

/** The description that a devnet in this folder wrote. */
export function readDevnetInfo(dataDir: string): DevnetInfo {
  return JSON.parse(readFileSync(join(dataDir, "devnet.json"), "utf8")) as DevnetInfo;
}
