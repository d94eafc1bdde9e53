import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RpcError, type RpcMethods } from "../node/rpc";
import { isErrorCode } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import type { Devnet } from "./devnet";
import { fund, fundTokens } from "./faucet";
import { L1Weather } from "./l1/weather";
import { deployPreinstalls } from "./preinstalls";
import { checkFault, startFault } from "./scenes";

/** What `solvent_status` says of one process. */
export interface ActorStatus {
  name: string;
  isRunning: boolean;
  /** JSON-RPC and metrics, where it has them. */
  rpc: string | null;
  metrics: string | null;
  /** Why it cannot do its work right now; null when it can, or when it does not run. */
  problem: string | null;
}

/** A fault that was added while the devnet runs. */
export interface FaultReport {
  fault: string;
  state: "runs" | "ended" | "failed" | "removed";
  /** What it said, and how it ended. */
  lines: string[];
}

const MOST_LINES = 10_000;

/** What a devnet answers beside time: its processes, faults, and the weather on L1. The methods of `solvent` and of tests. */
export function managementMethods(devnet: Devnet): RpcMethods {
  const faults = new Faults(devnet);
  const weather = new L1Weather((method, params) => devnet.control.askL1(method, params));
  const nameOf = (value: unknown): string => {
    if (devnet.actors.has(String(value))) return String(value);
    throw new RpcError(-32602, `no actor ${JSON.stringify(value)}; there are ${[...devnet.actors.keys()].join(", ")}`);
  };
  const restart = async (name: string): Promise<boolean> => {
    await devnet.processes.stopOne(name);
    await devnet.startActor(name);
    return true;
  };
  return {
    solvent_info: () => devnet.info,
    solvent_status: () => statusOf(devnet),
    solvent_logs: ({ values: [name, count = 100] }) => lastLines(devnet, nameOf(name), Number(count)),
    solvent_stop: ({ values: [name] }) => devnet.processes.stopOne(nameOf(name)).then(() => true),
    solvent_start: async ({ values: [name] }) => {
      if (devnet.processes.pid(nameOf(name)) !== undefined) throw new RpcError(-32000, `${String(name)} runs already`);
      return restart(nameOf(name));
    },
    solvent_restart: ({ values: [name] }) => restart(nameOf(name)),
    solvent_save: ({ values: [name] }) => devnet.save(String(name)).catch(refuse),
    solvent_addFault: ({ values: [fault, seed = 1] }) => faults.add(String(fault), Number(seed)),
    solvent_removeFault: () => faults.remove(),
    solvent_faults: () => faults.reports,
    solvent_fund: ({ values: [address, wei] }) => fund(devnet.info, String(address), BigInt(String(wei))),
    solvent_fundTokens: ({ values: [address, units] }) =>
      fundTokens(devnet.info, String(address), BigInt(String(units))),
    solvent_preinstall: () => preinstall(devnet),
    solvent_l1: ({ values: [kind, ...args] }) => weather.make(String(kind), args),
  };
}

async function preinstall({ info, options }: Devnet): Promise<Record<string, Hex>> {
  if (info.l2.sequencer === null) throw new RpcError(-32000, "this devnet has no sequencer that takes transactions");
  if (options.isManual) throw new RpcError(-32000, "nothing moves by itself with --manual, and this waits for blocks");
  return deployPreinstalls(info.l2.sequencer);
}

function refuse(error: unknown): never {
  if (isErrorCode(error, "config-invalid")) throw new RpcError(-32602, (error as Error).message);
  throw error;
}

async function statusOf(devnet: Devnet): Promise<ActorStatus[]> {
  const { processes, actors } = devnet;
  return Promise.all(
    [...actors].map(async ([name, { ready }]) => {
      const isRunning = processes.pid(name) !== undefined;
      const [rpc, metrics] = [ready.rpc, ready.metrics].map((url) => (typeof url === "string" ? url : null));
      return {
        name,
        isRunning,
        rpc,
        metrics,
        problem: isRunning && metrics !== null ? await problemOf(metrics) : null,
      };
    }),
  );
}

/** Where the metrics of actors are, as the `file_sd_configs` of Prometheus read it: each under its name as the label `actor`. */
export function targetsOf(actors: readonly ActorStatus[]): { targets: string[]; labels: { actor: string } }[] {
  return actors.flatMap(({ name, metrics }) =>
    metrics === null ? [] : [{ targets: [new URL(metrics).host], labels: { actor: name } }],
  );
}

async function problemOf(metrics: string): Promise<string | null> {
  try {
    const { problems } = (await (await fetch(`${metrics}/healthz`)).json()) as { problems: Record<string, string> };
    const lines = Object.entries(problems).map(([topic, problem]) => `${topic}: ${problem}`);
    return lines.length === 0 ? null : lines.join("; ");
  } catch (error) {
    return `it does not say how it is: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function lastLines(devnet: Devnet, name: string, count: number): string[] {
  const lines = readFileSync(join(devnet.logDir, `${name}.log`), "utf8")
    .trimEnd()
    .split("\n");
  return lines.slice(-Math.min(MOST_LINES, Math.max(1, count)));
}

/** Faults, one at a time: each has the devnet for itself. */
class Faults {
  readonly reports: FaultReport[] = [];
  private readonly devnet: Devnet;

  constructor(devnet: Devnet) {
    this.devnet = devnet;
  }

  /** Starts one and returns; its report says how it goes. */
  add(fault: string, seed: number): boolean {
    try {
      checkFault(fault, this.devnet.options);
    } catch (error) {
      refuse(error);
    }
    if (this.current !== undefined)
      throw new RpcError(-32000, `${this.current.fault} runs: one after another, or remove it first`);
    const report: FaultReport = { fault, state: "runs", lines: [] };
    this.reports.push(report);
    void startFault(this.devnet, fault, seed, (line) => report.lines.push(line))
      .then(
        (lines) => this.end(report, "ended", lines),
        (error: unknown) => this.end(report, "failed", [error instanceof Error ? error.message : String(error)]),
      )
      .finally(() => this.devnet.rounds?.go());
    return true;
  }

  /** Ends the liar that is at work. What goes wrong on the way to L1 ends by itself. */
  async remove(): Promise<boolean> {
    const report = this.current;
    if (report === undefined) return false;
    if (this.devnet.processes.pid("liar") === undefined)
      throw new RpcError(-32000, `${report.fault} is no liar: it ends by itself`);
    report.state = "removed";
    await this.devnet.processes.stopOne("liar");
    return true;
  }

  private get current(): FaultReport | undefined {
    return this.reports.find(({ state }) => state === "runs");
  }

  private end(report: FaultReport, state: FaultReport["state"], lines: readonly string[]): void {
    if (report.state === "removed") return;
    report.state = state;
    report.lines.push(...lines);
  }
}
