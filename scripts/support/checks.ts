import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Contract, type JsonRpcProvider, type InterfaceAbi, type Log } from "ethers";
import { QuietProvider } from "../../actor/provider";
import { depositsIn, depositStatus, withdrawalsIn, type RollupAddresses } from "../../client";
import { readArtifact, readDeployment, type ProgramFile } from "../../deployment";
import type { FaultReport } from "../../devnet";
import type { DevnetInfo } from "../../devnet/devnet";
import { fromHex } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { isErrorCode } from "../../protocol/errors";
import { PREDEPLOYS } from "../../protocol/predeploys";
import { runInMachine } from "../../simulator/proveProgram";
import { STRATEGIES } from "../../simulator/lab/strategies";
import { flatten } from "../../vm/flatten";
import { Status } from "../../vm/types";
import { DevnetClient, type Target } from "./ask";
import { readLies } from "./lies";

/** One thing that an exercise asks for: there, or what is missing and how one gets it. */
/** Those that every rollup has. */
type Contracts = Exclude<keyof RollupAddresses, "sumRoots">;

interface Finding {
  what: string;
  missing: string | null;
}

/** What `solvent prove --out` writes. */
export interface ProofRecord {
  file: string;
  input: string;
  output: string;
  steps: number;
  step: number;
  proofGas: number;
  witnessBytes: number;
}

interface Exercise {
  title: string;
  check(lab: Classroom): Promise<Finding[]>;
}

/** Who gets the ether of exercise 2, and of exercise 4. */
const RECEIVERS = {
  heads: "0x00000000000000000000000000000000c1a55002",
  forced: "0x00000000000000000000000000000000c1a55004",
} as const;
/** The last of the devnet's accounts gives what `solvent fund` asks for. */
const FAUCET = 9;
const LEAST_RUNS = 20;
const BUILD = join(__dirname, "..", "..", "build");

/** The exercises of docs/workshop, by number. */
export const EXERCISES: Readonly<Record<string, Exercise>> = {
  1: { title: "the first deposit", check: checkDeposit },
  2: { title: "three heads", check: checkHeads },
  3: { title: "a withdrawal, all of the way", check: checkWithdrawal },
  4: { title: "past the sequencer", check: checkForced },
  5: { title: "somebody lies", check: checkLie },
  6: { title: "a program of one's own, proven", check: checkProof },
  7: { title: "other rules, and a bug", check: checkProgram },
  8: { title: "a strategy of one's own", check: checkStrategy },
};

/** What checks look at: the devnet that runs, and the folder with what the exercises have written. */
export class Classroom {
  readonly client: DevnetClient;
  private cachedInfo: DevnetInfo | null = null;
  private providers: { l1: JsonRpcProvider; l2: JsonRpcProvider } | null = null;

  constructor(
    target: Target,
    readonly folder: string,
  ) {
    this.client = new DevnetClient(target);
  }

  /** @throws SolventError `l1-unavailable` where no devnet runs. */
  async info(): Promise<DevnetInfo> {
    return (this.cachedInfo ??= await this.client.info());
  }

  /** L1, and L2 as a verifier has it. */
  async layers(): Promise<{ l1: JsonRpcProvider; l2: JsonRpcProvider; rollup: RollupAddresses }> {
    const { l1, l2, deployment } = await this.info();
    const options = { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1 };
    this.providers ??= {
      l1: new QuietProvider(l1.url, l1.chainId, options),
      l2: new QuietProvider(l2.verifier ?? l2.sequencer ?? "", l2.chainId, options),
    };
    return { ...this.providers, rollup: deployment.addresses as unknown as RollupAddresses };
  }

  /** All logs of a contract of L1. */
  async logs(name: Contracts): Promise<Log[]> {
    const { l1, rollup } = await this.layers();
    return l1.getLogs({ address: rollup[name], fromBlock: 0 });
  }

  /** Arguments of one event of a contract of L1. */
  async events(name: Contracts, artifact: string, event: string): Promise<Record<string, unknown>[]> {
    const { l1, rollup } = await this.layers();
    const contract = new Contract(rollup[name], readArtifact(artifact).abi as InterfaceAbi, l1);
    const parsed = (await this.logs(name)).map((log) => contract.interface.parseLog(log));
    return parsed.filter((one) => one?.name === event).map((one) => one!.args.toObject() as Record<string, unknown>);
  }

  async close(): Promise<void> {
    this.providers?.l1.destroy();
    this.providers?.l2.destroy();
    await this.client.close();
  }
}

const finding = (what: string, isThere: boolean, how: string): Finding => ({ what, missing: isThere ? null : how });

async function checkDeposit(lab: Classroom): Promise<Finding[]> {
  const { l2, rollup } = await lab.layers();
  const { accounts } = await lab.info();
  const own = accounts.slice(0, FAUCET).map(({ address }) => address.toLowerCase());
  const sent = await lab.events("inbox", "inbox/Inbox", "MessageSent");
  const isOwn = sent.map(({ sender, mint }) => (mint as bigint) > 0n && own.includes(String(sender).toLowerCase()));
  const deposits = depositsIn({ logs: await lab.logs("inbox") }, rollup).filter((_, i) => isOwn[i]);
  const states = await Promise.all(deposits.map((deposit) => depositStatus(l2, deposit)));
  const included = states.filter(({ state }) => state === "included");
  return [
    finding("an account has deposited ether on L1", deposits.length > 0, "npm run solvent -- deposit 1"),
    finding(
      "the verifier has it on L2",
      included.length > 0,
      "wait some seconds; is the sequencer well? npm run solvent -- status",
    ),
  ];
}

async function checkHeads(lab: Classroom): Promise<Finding[]> {
  const { l2 } = await lab.layers();
  const hows = {
    latest: `send some ether to ${RECEIVERS.heads} on L2`,
    safe: "wait until the batch with it is on L1, some seconds",
    finalized: "wait until L1's block with that batch is final",
  };
  return Promise.all(
    Object.entries(hows).map(async ([head, how]) =>
      finding(`${head}: ${RECEIVERS.heads} has ether`, (await l2.getBalance(RECEIVERS.heads, head)) > 0n, how),
    ),
  );
}

async function checkWithdrawal(lab: Classroom): Promise<Finding[]> {
  const { l2 } = await lab.layers();
  const logs = await l2.getLogs({ address: PREDEPLOYS.messagePasser, fromBlock: 0 });
  const started = logs.flatMap((log) => withdrawalsIn({ logs: [log], blockNumber: log.blockNumber } as never));
  const proven = await lab.events("portal", "bridge/Portal", "WithdrawalProven");
  const paid = await lab.events("portal", "bridge/Portal", "WithdrawalFinalized");
  return [
    finding("L2 has recorded a withdrawal", started.length > 0, "npm run solvent -- withdraw 1"),
    finding("it is proven on L1", proven.length > 0, "npm run solvent -- prove HASH --wait"),
    finding(
      "L1 has paid",
      paid.some(({ success }) => success === true),
      "npm run solvent -- finalize HASH --wait",
    ),
  ];
}

async function checkForced(lab: Classroom): Promise<Finding[]> {
  const { l2 } = await lab.layers();
  const sent = await lab.events("inbox", "inbox/Inbox", "MessageSent");
  const isSent = sent.some(({ to }) => String(to).toLowerCase() === RECEIVERS.forced);
  const batches = await lab.events("inbox", "inbox/Inbox", "BatchAppended");
  const isForced = batches.some(({ forced }) => forced === true);
  const balance = await l2.getBalance(RECEIVERS.forced, "safe");
  return [
    finding(`the Inbox has a message to ${RECEIVERS.forced}`, isSent, "sendMessage, as the exercise says"),
    finding(
      "a batch was forced in",
      isForced,
      "stop the sequencer, wait until the message is old enough, then forceInclude at the Inbox",
    ),
    finding(`${RECEIVERS.forced} has ether in a safe block`, balance > 0n, "the message goes there, with a value"),
  ];
}

async function checkLie(lab: Classroom): Promise<Finding[]> {
  const { deployment } = await lab.info();
  const { isAnswered, isProven, isPaid } = readLies(deployment, await lab.logs("queue"));
  return [
    finding("somebody has lied, and was answered", isAnswered, "npm run solvent -- fault add wrong-state 7"),
    finding("L1 has executed a step", isProven, "watch the page: the game goes down to it, within a minute"),
    finding(
      "the liar's stake is gone",
      isPaid,
      "wait for the challenge period; npm run solvent -- time 60 shortens it",
    ),
  ];
}

function checkProof({ folder }: Classroom): Promise<Finding[]> {
  const file = join(folder, "proof.json");
  const record = readJson<ProofRecord>(file);
  const how = `npm run solvent -- prove docs/workshop/programs/primes.wasm --input 0x07 --step last --out ${file}`;
  if (record === null) return Promise.resolve([finding(`${file} is there`, false, how)]);
  const wasm = existsSync(record.file) ? new Uint8Array(readFileSync(record.file)) : null;
  const run = wasm === null ? null : runInMachine(flatten(wasm), fromHex(record.input as never), 1n << 24n);
  return Promise.resolve([
    finding(`${file} is there`, true, how),
    finding(
      "its program gives that output again",
      run !== null &&
        run.status === Status.halted &&
        run.output === record.output &&
        Number(run.steps) === record.steps,
      "the module was changed since: prove it again",
    ),
    finding(
      "the step is the run's last one",
      record.step === record.steps - 1,
      `--step ${record.steps - 1}, and why: see the exercise`,
    ),
  ]);
}

async function checkProgram(lab: Classroom): Promise<Finding[]> {
  const [own, bug] = ["rule", "bug"].map((name) => join(lab.folder, name));
  const ours = readJson<ProgramFile>(join(BUILD, "program.json"))?.programHash;
  const hashOf = (folder: string): Hex | undefined =>
    readJson<ProgramFile>(join(folder, "build", "program.json"))?.programHash;
  const isOther = (folder: string): boolean => ![undefined, ours].includes(hashOf(folder));
  const deploymentFile = join(own, "devnet", "deployment.json");
  const deployed = existsSync(deploymentFile) ? readDeployment(deploymentFile).programHash : null;
  const faults = await lab.client.ask<FaultReport[]>("solvent_faults").catch((error: unknown) => {
    if (isErrorCode(error, "l1-unavailable")) return [];
    throw error;
  });
  const proven = faults.filter(({ fault, state }) => fault.startsWith("other-program") && state === "ended");
  return [
    finding(
      `${own} has a program with other rules`,
      isOther(own),
      `npm run solvent -- program new ${own}; change it; program build ${own}`,
    ),
    finding(
      "a rollup was deployed with it",
      deployed !== null && deployed === hashOf(own),
      `npm start -- --program ${own} --datadir ${own}/devnet`,
    ),
    finding(
      `${bug} has a program with a bug`,
      isOther(bug),
      `npm run solvent -- program new ${bug}; plant it; program build ${bug}`,
    ),
    finding(
      "the game has proven the bug",
      proven.length > 0,
      `npm start; npm run solvent -- fault add other-program:${resolve(bug)}/build`,
    ),
  ];
}

function checkStrategy({ folder }: Classroom): Promise<Finding[]> {
  const [baseline, own] = ["liar", "mine"].map((name) => readResults(join(folder, name)));
  const isOwn = own !== null && own.strategies.some((name) => !STRATEGIES.has(name));
  const findings = [
    finding(
      "results of a liar to compare with",
      baseline !== null,
      `npm run simulate -- run docs/workshop/liar.yaml --out ${folder}/liar`,
    ),
    finding(
      "results of a strategy of your own",
      isOwn,
      `npm run simulate -- run ${folder}/mine.yaml --strategy ${folder}/mine.ts --out ${folder}/mine`,
    ),
  ];
  // What they show is asked only of what is there.
  if (baseline === null || own === null) return Promise.resolve(findings);
  const { runs, losses, longestSeconds } = own;
  const delay = `${longestSeconds} s against ${baseline.longestSeconds} s`;
  return Promise.resolve([
    ...findings,
    finding(`over ${LEAST_RUNS} games at least`, runs >= LEAST_RUNS, `--runs ${LEAST_RUNS}`),
    finding("the honest party has lost none", losses === 0, "then you have found a flaw of the game: tell us"),
    finding(
      `it keeps the truth waiting longer than the liar: ${delay}`,
      longestSeconds > baseline.longestSeconds,
      "answer later, but before the deadline",
    ),
  ]);
}

interface Results {
  strategies: string[];
  runs: number;
  losses: number;
  longestSeconds: number;
}

/** What a simulation has written; null where there is nothing. */
function readResults(folder: string): Results | null {
  const scenario = readJson<{ adversaries: { strategy: string }[] }>(join(folder, "scenario.json"));
  const run = readJson<{ games: number; losses: number }>(join(folder, "run.json"));
  const table = join(folder, "summary.csv");
  if (scenario === null || run === null || !existsSync(table)) return null;
  const [head, ...lines] = readFileSync(table, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const column = head.indexOf("confirmable_seconds");
  return {
    strategies: scenario.adversaries.map(({ strategy }) => strategy),
    runs: run.games,
    losses: run.losses,
    longestSeconds: Math.max(...lines.map((line) => Number(line[column]))),
  };
}

/** Null where the file is not there, or no JSON. */
function readJson<T>(file: string): T | null {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return null;
  }
}
