import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDeploymentConfig, type Deployment } from "../deployment";
import { DataServer } from "../node/data/altda/server";
import { L1Rpc } from "../node/l1/rpc";
import type { RpcMethods } from "../node/rpc";
import { Database } from "../node/store/database";
import { keccak256, toHex } from "../protocol";
import { isErrorCode, SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import {
  devAccount,
  MNEMONIC,
  MORE_CHALLENGERS,
  OTHER_SEQUENCERS,
  roleNames,
  ROLES,
  USER_ACCOUNTS,
  type DevAccount,
} from "./accounts";
import { packFolder, unpackFolder } from "./archive";
import { clientEntries, type ClientEntries } from "./clients";
import { Control } from "./control";
import { deployContracts, L2_CHAIN_ID, ownDeploymentConfig } from "./contracts";
import { ExplorerServer } from "./explorerServer";
import { deployMarket } from "./market";
import { prepareL1 } from "./l1/prepared";
import { startL1, type StartedL1 } from "./l1/start";
import { checkOptions, dataModeOf, DEFAULT_OPTIONS, goesBySteps, isUrl, type DevnetOptions } from "./options";
import { freePort, Processes, requireFreePort, type Ready } from "./processes";
import { Rounds } from "./rounds";

export { L2_CHAIN_ID } from "./contracts";
export { DEFAULT_OPTIONS, type DevnetOptions } from "./options";

/** Between two empty blocks of an L2 that nobody has used for a while. */
const IDLE_BLOCK_MS = 30_000;
/** A maker looks at its offers as often as a user looks at the answer. */
const MAKER_ACTS_MS = 200;
/** A devnet whose answers may take so long is measured for whether they do. */
const MEASURED_RESPONSE_SECONDS = 60;
const ROOT = join(__dirname, "..");

/** What a client needs of a running devnet; also written to `devnet.json` in its folder. */
export interface DevnetInfo {
  l1: { url: string; chainId: number };
  l2: { sequencer: string | null; verifier: string | null; chainId: number };
  /** JSON-RPC of the other members of a rotation, by name. */
  members: Record<string, string>;
  explorer: string | null;
  /** JSON-RPC of the maker, and the exit market that it buys at; null where none runs. */
  maker: { url: string; market: Hex } | null;
  deployment: Deployment;
  deploymentFile: string;
  dataDir: string;
  mnemonic: string;
  accounts: DevAccount[];
  /** L2 as viem and Hardhat take it; null where no node of L2 runs. */
  clients: ClientEntries | null;
}

/** L1, contracts and all actors, each a process of its own. `stop` ends all of them, always. */
export class Devnet {
  readonly processes: Processes;
  private readonly chosen: DevnetOptions;
  private readonly dataDir: string;
  private started: DevnetInfo | null = null;
  private strangers = 0;
  private port: number | null = null;
  private explorer: ExplorerServer | null = null;
  private dataServer: DataServer | null = null;
  private lock: Database | null = null;
  private l1: StartedL1 | null = null;
  private startedControl: Control | null = null;
  private controlUrl = "";
  /** Actors by name, how each is started again, and what it said when it was up. */
  readonly actors = new Map<string, { start(): Promise<unknown>; ready: Ready }>();
  /** What moves a devnet with a seed, held until somebody has them go; null where something else does. */
  rounds: Rounds | null = null;
  /** Methods of `solvent_` that it answers beside those of time; set before it starts. */
  methods: RpcMethods = {};

  /** @throws SolventError `config-invalid`, or `datadir-invalid` where the folder cannot be made. */
  constructor(options: Partial<DevnetOptions> = {}) {
    this.chosen = { ...DEFAULT_OPTIONS, ...options };
    checkOptions(this.chosen);
    const { dataDir } = this.chosen;
    this.dataDir = dataDir ?? mkdtempSync(join(tmpdir(), "solvent-devnet-"));
    try {
      mkdirSync(this.dataDir, { recursive: true });
    } catch (cause) {
      throw new SolventError("datadir-invalid", `${this.dataDir} cannot be a folder: take another --datadir`, {
        cause,
      });
    }
    this.processes = new Processes(join(this.dataDir, "logs"));
  }

  get info(): DevnetInfo {
    if (this.started === null) throw new SolventError("devnet-not-started", "the devnet is not up: call start() first");
    return this.started;
  }

  get logDir(): string {
    return join(this.dataDir, "logs");
  }

  /** Moves time and blocks of the whole system. */
  get control(): Control {
    if (this.startedControl === null)
      throw new SolventError("devnet-not-started", "the devnet is not up: call start() first");
    return this.startedControl;
  }

  get options(): DevnetOptions {
    return this.chosen;
  }

  /**
   * @throws SolventError `port-taken`, `datadir-in-use`, `process-failed`, `l1-unavailable`, or what deploying throws; all children have
   * ended then.
   */
  async start(): Promise<DevnetInfo> {
    try {
      await this.requirePorts();
      await this.lockFolder();
      if (this.chosen.load !== null) unpackFolder(this.chosen.load, this.dataDir);
      const l1Port = this.chosen.l1Port === 0 ? await freePort() : this.chosen.l1Port;
      const deploymentFile = join(this.dataDir, "deployment.json");
      const state = await this.prepared(deploymentFile);
      this.l1 = await startL1(this.processes, this.chosen, this.dataDir, l1Port, state);
      const l1Url = this.l1.url;
      const deployment = await deployContracts(l1Url, deploymentFile, this.chosen, state);
      this.started = {
        l1: { url: l1Url, chainId: deployment.l1ChainId },
        l2: { sequencer: null, verifier: null, chainId: L2_CHAIN_ID },
        members: {},
        explorer: null,
        maker: null,
        deployment,
        deploymentFile,
        dataDir: this.dataDir,
        mnemonic: MNEMONIC,
        accounts: Array.from({ length: USER_ACCOUNTS }, (_, i) => devAccount(i)),
        clients: null,
      };
      await this.startControl();
      if (this.chosen.data === "altda") this.dataServer = await DataServer.start(join(this.dataDir, "batches"));
      await this.startActors();
      const { l2, accounts } = this.started;
      const url = l2.sequencer ?? l2.verifier;
      if (url !== null) this.started.clients = clientEntries(url, l2.chainId, deployment, accounts);
      // L1 mined by itself until all is deployed.
      if (this.chosen.isManual) await this.control.stopL1();
      else if (this.chosen.seed !== null) this.rounds = new Rounds(() => this.control.step("all"), this.failRounds);
      writeFileSync(join(this.dataDir, "devnet.json"), JSON.stringify(this.started, null, 2) + "\n");
      return this.started;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  private readonly failRounds = (error: Error): void => console.error("the rounds have ended:", error.message);

  /** Ends the server of batches that are off L1, where there is one. */
  async stopDataServer(): Promise<void> {
    await this.dataServer?.stop();
    this.dataServer = null;
  }

  /** Ends everything. A temporary folder goes with it, but for one with the log of a child that failed. */
  async stop(): Promise<void> {
    await this.explorer?.stop();
    await this.rounds?.hold();
    await this.startedControl?.stop();
    await this.processes.stop();
    await this.stopDataServer();
    await this.l1?.stop();
    await this.lock?.close();
    this.lock = null;
    if (this.chosen.dataDir === null && !this.processes.hasFailed)
      rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Starts (or starts again) the sequencer. @param module - another main module: the sequencer with a patch. */
  async startSequencer(module?: string): Promise<void> {
    const config = { ...this.sequencing(ROLES.sequencer), rpc: { port: await this.sequencerPort() } };
    const ready = await this.launchActor("sequencer", config, "sequencer", module);
    this.info.l2.sequencer = ready.rpc as string;
  }

  /**
   * Starts another member of a rotation (or starts it again, where it was), under a key of its own.
   * @param account - its number. @param file - another main file: the sequencer with a patch.
   */
  async startMember(name: string, account: number, file?: string): Promise<void> {
    const port = Number(new URL(this.info.members[name]).port);
    await this.launchActor("sequencer", { ...this.sequencing(account), rpc: { port } }, name, file);
  }

  /** What each sequencer is told. @param account - number of the one that posts. */
  private sequencing(account: number): object {
    const { blockTimeMs, batchAgeMs, emptyBlocks, slowsDown, blocks, data } = this.chosen;
    const isManual = goesBySteps(this.chosen);
    return {
      privateKey: devAccount(account).privateKey,
      blockTimeMs,
      l1Confirmations: 1,
      emptyBlocks,
      ...(slowsDown ? { idleBlockMs: IDLE_BLOCK_MS } : {}),
      blocks: isManual ? "manual" : blocks,
      batch: { maxAgeMs: batchAgeMs, isManual, blobs: data === "auto" ? "cheaper" : "always" },
    };
  }

  /** Starts the sequencer again where a fault has ended it. */
  async reviveSequencer(): Promise<void> {
    if (this.info.l2.sequencer !== null && this.processes.pid("sequencer") === undefined) await this.startSequencer();
  }

  async startVerifier(name = "verifier", port = this.chosen.verifierPort, config: object = {}): Promise<string> {
    // Chosen once: one that starts again is found where it was.
    if (port === 0) port = await freePort();
    const sequencerUrl = this.info.l2.sequencer ?? undefined;
    const watchUrls = Object.values(this.info.members);
    const feed = this.chosen.feed ? {} : { source: "none" };
    const own = { rpc: { port }, sequencerUrl, watchUrls, feed, ...config };
    const ready = await this.launchActor("verifier", own, name);
    if (name === "verifier") this.info.l2.verifier = ready.rpc as string;
    return ready.rpc as string;
  }

  /** Starts an honest challenger under a key of its own. */
  async startChallenger(
    name = "challenger",
    account = devAccount(ROLES.challenger),
    config: object = {},
  ): Promise<void> {
    // Short clocks are for demonstrations, in which nobody disputes the dearest blocks.
    const measuresSpeed = this.chosen.responseTimeSeconds >= MEASURED_RESPONSE_SECONDS;
    const chosen = { privateKey: account.privateKey, measuresSpeed, ...this.playing(), ...config };
    await this.launchActor("challenger", chosen, name);
  }

  /** Starts the maker, with the market that it buys at. @param more - Of its configuration. */
  async startMaker(more: object = {}): Promise<void> {
    const { l1 } = this.info;
    const market = await deployMarket(l1.url, this.chosen);
    const { assertionIntervalSeconds: assertionSeconds } = this.chosen;
    const { privateKey } = devAccount(ROLES.maker);
    const config = { privateKey, market, actMs: MAKER_ACTS_MS, assertionSeconds, ...more };
    const ready = await this.launchActor("liquidity", { rpc: { port: await freePort() }, ...config }, "maker");
    this.info.maker = { url: ready.rpc as string, market };
  }

  /**
   * Starts a liar: the honest challenger with one patch, which knows nothing of the one before. Nobody else ends when it does.
   * @param fault - as `npm start -- --fault` takes it. @param more - Of its configuration.
   */
  async startLiar(
    fault: string,
    seed: number,
    name = "liar",
    account = devAccount(ROLES.liar),
    more: object = {},
  ): Promise<void> {
    rmSync(join(this.dataDir, name), { recursive: true, force: true, maxRetries: 5 });
    // Forging a balance needs an account that exists on L2.
    const beneficiary = devAccount(USER_ACCOUNTS - 1).address;
    const config = { privateKey: account.privateKey, ...this.playing(), fault, seed, beneficiary, ...more };
    await this.launchActor("adversary", config, name, join(ROOT, "adversary", "main"), true);
  }

  /** How a party plays: when it asserts, and whether by itself. By steps it asserts whenever there is something to say. */
  private playing(): object {
    const { assertionIntervalSeconds, isManual } = this.chosen;
    if (isManual) return { moves: "manual", assertionIntervalSeconds: 0 };
    return { moves: goesBySteps(this.chosen) ? "manual" : "auto", assertionIntervalSeconds };
  }

  /** An address that nobody has used; with a seed the same ones in each run, in this order. */
  strangersAddress(): Hex {
    const { seed } = this.chosen;
    if (seed === null) return toHex(randomBytes(20));
    return toHex(keccak256(Buffer.from(`stranger ${++this.strangers} of seed ${seed}`)).subarray(12));
  }

  /** Starts an actor again as it was started last, on the ports that it had. */
  async startActor(name: string): Promise<void> {
    const actor = this.actors.get(name);
    if (actor === undefined) throw new SolventError("config-invalid", `this devnet has no actor ${name}`);
    actor.ready = (await actor.start()) as Ready;
  }

  /**
   * Writes all of it into a file that another devnet begins with (`load`), on this machine or another. The actors end for it and start again.
   * @param name - letters, digits, `.`, `_` and `-`; the file stands in `snapshots` of the folder, or in the working directory where that is temporary.
   * @returns its path and bytes. @throws SolventError `config-invalid` for another name, or where L1 keeps no journal.
   */
  async save(name: string): Promise<{ file: string; bytes: number }> {
    if (!/^\w[\w.-]{0,63}$/.test(name))
      throw new SolventError("config-invalid", `a snapshot's name has letters, digits, ".", "_" and "-", not ${name}`);
    if (this.chosen.l1 !== "hardhat")
      throw new SolventError(
        "config-invalid",
        "only a devnet over --l1 hardhat can be saved: L1's journal is a part of it",
      );
    const folder = this.chosen.dataDir === null ? process.cwd() : join(this.dataDir, "snapshots");
    const file = join(folder, `${name}.solvent`);
    const running = this.processes.names().filter((one) => one !== "l1");
    await Promise.all(running.map((one) => this.processes.stopOne(one)));
    try {
      // L1's journal is whole up to here.
      await this.control.askL1("evm_snapshot", []);
      return { file, bytes: packFolder(this.dataDir, file) };
    } finally {
      await Promise.all(running.map((one) => this.startActor(one)));
    }
  }

  /** A state for an L1 of our own that is new. */
  private async prepared(deploymentFile: string): Promise<string | null> {
    if (isUrl(this.chosen.l1) || existsSync(deploymentFile)) return null;
    const state = await prepareL1(this.processes, ownDeploymentConfig(this.chosen));
    // How many blocks a deployment takes depends on when its transactions come.
    if (state === null && this.chosen.seed !== null)
      throw new SolventError(
        "anvil-missing",
        "--seed begins with contracts that are there: npm install brings the anvil that prepares them",
      );
    return state;
  }

  private async startControl(): Promise<void> {
    const { l1, l2, deployment } = this.info;
    const { maxDelay } = parseDeploymentConfig(deployment.parameters);
    const { hasDoor } = this.l1!;
    const { processes } = this;
    const maxDelaySeconds = Number(maxDelay);
    const sequencerUrl = (): string | null => l2.sequencer;
    this.startedControl = new Control(
      { l1Url: l1.url, hasDoor, processes, sequencerUrl, maxDelaySeconds },
      this.methods,
    );
    this.controlUrl = await this.startedControl.start();
    if (!hasDoor) return;
    const rpc = new L1Rpc(l1.url, { retries: 0 });
    await rpc.send("devnet_setControl", [this.controlUrl, this.startedControl.farSeconds]).finally(() => rpc.close());
  }

  private async startActors(): Promise<void> {
    const { without } = this.chosen;
    const rest: Promise<unknown>[] = [];
    if (!without.includes("sequencer")) {
      // The verifier needs the URL, not the sequencer itself: they start together.
      this.info.l2.sequencer = `http://127.0.0.1:${await this.sequencerPort()}`;
      rest.push(this.startSequencer());
      if (this.chosen.sequencing === "rotation")
        for (const [i, account] of OTHER_SEQUENCERS.entries()) {
          const name = `sequencer-${i + 2}`;
          this.info.members[name] = `http://127.0.0.1:${await freePort()}`;
          rest.push(this.startMember(name, account));
        }
    }
    if (!without.includes("verifier")) rest.push(this.startVerifier());
    if (!without.includes("challenger")) rest.push(this.startChallenger());
    const { verifiers, challengers, maker } = this.chosen;
    if (maker) rest.push(this.startMaker());
    for (let i = 2; i <= verifiers; i++) rest.push(this.startVerifier(`verifier-${i}`, 0));
    // They answer lies; one asserts for all.
    for (let i = 2; i <= challengers; i++)
      rest.push(this.startChallenger(`challenger-${i}`, devAccount(MORE_CHALLENGERS + i), { propose: false }));
    await Promise.all(rest);
    const { explorerPort } = this.chosen;
    const { l1, l2, accounts } = this.info;
    if (explorerPort === null || l2.verifier === null) return;
    const roles = roleNames(this.chosen.sequencing === "rotation", challengers);
    this.explorer = new ExplorerServer({ l1: l1.url, rpc: l2.verifier, sequencer: l2.sequencer, accounts, roles });
    this.info.explorer = await this.explorer.start(explorerPort);
  }

  /** Servers of batches that are not in L1's calldata, as an actor's `dataUrl` takes them. */
  get dataUrl(): string[] {
    const beaconUrl = this.l1?.beaconUrl ?? null;
    if (dataModeOf(this.chosen.data) === "blobs") return beaconUrl === null ? [] : [beaconUrl];
    return this.dataServer === null ? [] : [this.dataServer.url];
  }

  /** Chosen once: a sequencer that starts again is found where it was. */
  private async sequencerPort(): Promise<number> {
    this.port ??= this.chosen.sequencerPort === 0 ? await freePort() : this.chosen.sequencerPort;
    return this.port;
  }

  private async launchActor(
    actor: string,
    config: object,
    name = actor,
    module = join(ROOT, actor, "main"),
    mayEnd = false,
  ) {
    const { l1IntervalMs, finality, logLevel } = this.chosen;
    const { l1, deploymentFile } = this.info;
    const isTold = this.chosen.slowsDown && this.l1!.hasDoor;
    const pollIntervalMs = Math.max(20, Math.min(500, Math.floor(l1IntervalMs / 2)));
    const whole = {
      dataDir: join(this.dataDir, name),
      deployment: deploymentFile,
      l1Url: l1.url,
      l1: { pollIntervalMs, finality, ...(isTold ? { headsUrl: l1.url.replace(/^http/, "ws") } : {}) },
      dataUrl: this.dataUrl,
      controlUrl: this.controlUrl,
      logLevel,
      ...config,
    };
    const configFile = join(this.dataDir, `${name}.config.json`);
    // Keys are in it: they are known to everybody here, but not where somebody names a funder of his own.
    writeFileSync(configFile, JSON.stringify(whole, null, 2) + "\n", { mode: 0o600 });
    const start = (): Promise<Ready> => this.processes.startNode(name, module, ["--config", configFile], mayEnd);
    const ready = await start();
    this.actors.set(name, { start, ready });
    return ready;
  }

  /** Before anything runs: a port that is taken is named together with the flag that chooses it. */
  private async requirePorts(): Promise<void> {
    const { l1, l1Port, sequencerPort, verifierPort, explorerPort, without } = this.chosen;
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
  private async lockFolder(): Promise<void> {
    if (this.chosen.dataDir === null) return;
    try {
      this.lock = await Database.open(join(this.dataDir, "lock"), "devnet");
    } catch (cause) {
      if (!isErrorCode(cause, "store-locked")) throw cause;
      const text = `another devnet runs in ${this.dataDir}: end it, or take another --datadir`;
      throw new SolventError("datadir-in-use", text, { cause });
    }
  }
}

/** The description that a devnet in this folder wrote. */
export function readDevnetInfo(dataDir: string): DevnetInfo {
  return JSON.parse(readFileSync(join(dataDir, "devnet.json"), "utf8")) as DevnetInfo;
}
