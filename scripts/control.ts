import { Command } from "commander";
import { parseEther } from "ethers";
import type { ActorStatus, FaultReport } from "../devnet";
import { targetsOf } from "../devnet/manage";
import { createCommand, runCommand } from "../actor/command";
import { readEvents } from "../devnet/events";
import { quantity } from "../protocol/quantity";
import { SolventError } from "../protocol/errors";
import { DevnetClient, type Target } from "./support/ask";

type Run = (client: DevnetClient, ...args: string[]) => Promise<string[]>;

/** A command that a running devnet answers: its arguments, what it is for, what it does. */
interface Control {
  usage: string;
  about: string;
  run: Run;
}

const json = (value: unknown): string[] => [JSON.stringify(value)];

/** What `solvent NAME` asks of a running devnet. */
export const CONTROLS: Readonly<Record<string, Control>> = {
  status: {
    usage: "",
    about: "what runs, where it answers, and what keeps it from its work",
    run: async (client) => (await client.ask<ActorStatus[]>("solvent_status")).map(describeActor),
  },
  targets: {
    usage: "",
    about: "where the metrics are, as the file_sd_configs of Prometheus read it",
    run: async (client) => json(targetsOf(await client.ask<ActorStatus[]>("solvent_status"))),
  },
  logs: {
    usage: "<actor> [lines]",
    about: "the last lines of an actor's log (100 by default)",
    run: (client, actor, lines = "100") => client.ask("solvent_logs", actor, Number(lines)),
  },
  stop: { usage: "<actor>", about: "ends one actor; the others go on", run: onActor("stop") },
  start: { usage: "<actor>", about: "starts an actor that was ended, where it was", run: onActor("start") },
  restart: { usage: "<actor>", about: "ends an actor and starts it again", run: onActor("restart") },
  step: {
    usage: "[l2|batch|l1|game|all]",
    about: "moves a devnet with --manual by one step (all by default)",
    run: async (client, kind = "all") => json(await client.ask("solvent_step", kind)),
  },
  time: {
    usage: "<seconds>",
    about: "puts both layers' clocks forward",
    run: async (client, seconds) => json(await client.ask("solvent_advanceTime", Number(seconds))),
  },
  snapshot: {
    usage: "[save] [name]",
    about: "remembers the whole system, prints an id for revert; save NAME writes a file for solvent devnet --load",
    run: async (client, verb, name) => {
      if (verb === undefined) return [await client.ask<string>("evm_snapshot")];
      const { file, bytes } = await client.ask<{ file: string; bytes: number }>("solvent_save", name);
      return [`${file} (${bytes} bytes); solvent devnet --load ${file}`];
    },
  },
  revert: {
    usage: "<id>",
    about: "makes the whole system what it was",
    run: async (client, id) => [(await client.ask<boolean>("evm_revert", id)) ? `back at ${id}` : `no snapshot ${id}`],
  },
  fault: {
    usage: "<add|remove|list> [kind] [seed]",
    about: "adds one that lies or fails (solvent devnet --help lists the kinds), ends it, says how all went",
    run: fault,
  },
  l1: {
    usage: "<reorg|outage|fee|censor> [arguments...]",
    about: "reorg BLOCKS, outage SECONDS, fee GWEI, censor ADDRESS SECONDS",
    run: async (client, kind, ...args) => json(await client.ask("solvent_l1", kind, ...args)),
  },
  fund: {
    usage: "<address> [amount] [ether|tokens]",
    about: "gives an account ether, or a test token, on both layers (10 ether by default)",
    run: async (client, address, amount = "10", of = "ether") =>
      json(await client.ask(methodToFund(of), address, quantity(parseEther(amount)))),
  },
  preinstall: {
    usage: "",
    about: "puts Permit2, ERC-4337's EntryPoints and Safe's contracts on L2, where every chain has them",
    run: async (client) =>
      Object.entries(await client.ask<Record<string, string>>("solvent_preinstall")).map(
        ([name, address]) => `${address}  ${name}`,
      ),
  },
  events: {
    usage: "",
    about: "every block and log so far, a line of JSON each; the same bytes for the same --seed and the same doings",
    run: async (client) => readEvents(await client.info()),
  },
  info: {
    usage: "",
    about: "the devnet's description as JSON",
    run: async (client) => [JSON.stringify(await client.info(), null, 2)],
  },
};

function methodToFund(of: string): string {
  if (of === "ether") return "solvent_fund";
  if (of === "tokens") return "solvent_fundTokens";
  throw new SolventError("config-invalid", `fund gives ether or tokens, not ${of}`);
}

function onActor(verb: string): Run {
  return async (client, actor) => {
    await client.ask(`solvent_${verb}`, actor);
    return [`${actor}: ${verb === "stop" ? "stopped" : "runs"}`];
  };
}

async function fault(client: DevnetClient, verb: string, kind?: string, seed = "1"): Promise<string[]> {
  if (verb === "add") {
    await client.ask("solvent_addFault", kind, Number(seed));
    return [`${kind} runs; solvent fault list says how it ends`];
  }
  if (verb === "remove") return [(await client.ask<boolean>("solvent_removeFault")) ? "removed" : "no fault runs"];
  const reports = await client.ask<FaultReport[]>("solvent_faults");
  return reports.flatMap((report) => [`${report.fault}: ${report.state}`, ...report.lines.map((line) => `  ${line}`)]);
}

function describeActor({ name, isRunning, rpc, metrics, problem }: ActorStatus): string {
  const state = !isRunning ? "stopped" : problem === null ? "well" : `unwell: ${problem}`;
  const urls = [rpc === null ? "" : `rpc ${rpc}`, metrics === null ? "" : `metrics ${metrics}/metrics`];
  return [name.padEnd(14), state.padEnd(8), ...urls.filter((url) => url !== "")].join("  ");
}

/** `solvent NAME [arguments] [--url URL | --datadir DIR]`. */
export function runControl(name: string): Promise<void> {
  const { usage, about, run } = CONTROLS[name];
  return runCommand(`solvent ${name}`, async () => {
    const command: Command = createCommand(`solvent ${name}`, about);
    if (usage !== "") command.arguments(usage.replace(/[|:]/g, "-").replace(" [arguments...]", " [arguments...]"));
    const { args } = command
      .usage(`${usage} [options]`.trim())
      .option("--url <url>", "JSON-RPC of the devnet's L1; http://127.0.0.1:8545 by default")
      .option("--datadir <dir>", "the folder that the devnet was started with")
      .parse();
    const client = new DevnetClient(command.opts<Target>());
    try {
      for (const line of await run(client, ...args)) console.log(line);
    } finally {
      await client.close();
    }
  });
}
