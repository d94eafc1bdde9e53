import { devAccount } from "../../../devnet/accounts";
import { Devnet } from "../../../devnet/devnet";
import { startFault } from "../../../devnet/scenes";
import { fromHex } from "../../../protocol";
import { LoadClient, sleep } from "./client";
import { residentMiB } from "./targets";
import { createAccount, fund, playLoad, signAll, signOne } from "./workload";

const SENDERS = 20;
const TRANSFERS = 2_000;
/** Without any work before memory at rest is read. */
const REST_MS = 10_000;
const FAULT = "wrong-state";
const SEED = 7;
const PROCESSES: Record<string, string> = {
  l1: "L1 (Hardhat's node)",
  sequencer: "sequencer",
  verifier: "verifier",
  challenger: "challenger",
  liar: "liar (a challenger with a patch)",
};

/** Resident memory of each process of a devnet: at rest, while 2,000 transfers pass through all of it, and in a dispute. */
export async function measureMemory(): Promise<string> {
  const devnet = new Devnet({ l1Port: 0, sequencerPort: 0, verifierPort: 0, logLevel: "warn" });
  try {
    await devnet.start();
    await sleep(REST_MS);
    const rest = readAll(devnet);
    const load = await peaksDuring(devnet, () => transfer(devnet));
    const dispute = await peaksDuring(devnet, () => startFault(devnet, FAULT, SEED, () => undefined));
    const mib = (values: Map<string, number>, name: string): string => values.get(name)?.toFixed(0) ?? "-";
    return [
      `Resident memory of each process of one devnet in MiB (\`VmRSS\`; outside Linux as \`ps\` has it): ${REST_MS / 1000} s after it is up; the most`,
      `while ${TRANSFERS} transfers go into blocks, onto L1 and through the verifier; the most during a dispute down to one instruction.`,
      "",
      `| process | at rest | under load | in a dispute (${FAULT}, seed ${SEED}) |`,
      "|---|---|---|---|",
      ...Object.entries(PROCESSES).map(
        ([name, title]) => `| ${title} | ${mib(rest, name)} | ${mib(load, name)} | ${mib(dispute, name)} |`,
      ),
    ].join("\n");
  } finally {
    await devnet.stop();
  }
}

async function transfer({ info }: Devnet): Promise<void> {
  const chainId = BigInt(info.l2.chainId);
  const client = new LoadClient(info.l2.sequencer!, SENDERS + 1);
  const verifier = new LoadClient(info.l2.verifier!, 1);
  try {
    const senders = Array.from({ length: SENDERS }, () => createAccount());
    const opener = createAccount();
    await fund(client, chainId, createAccount(fromHex(devAccount(0).privateKey)), [...senders, opener]);
    const requests = signAll(chainId, senders, 0, TRANSFERS / SENDERS);
    await playLoad(client, signOne(chainId, opener, 0), requests);
    const head = BigInt(await client.call<string>("eth_blockNumber"));
    const safe = () => verifier.call<{ number: string }>("eth_getBlockByNumber", "safe", false);
    while (BigInt((await safe()).number) < head) await sleep(100);
  } finally {
    client.close();
    verifier.close();
  }
}

async function peaksDuring(devnet: Devnet, work: () => Promise<unknown>): Promise<Map<string, number>> {
  const peaks = readAll(devnet);
  const timer = setInterval(() => {
    for (const [name, mib] of readAll(devnet)) peaks.set(name, Math.max(mib, peaks.get(name) ?? 0));
  }, 100);
  try {
    await work();
    return peaks;
  } finally {
    clearInterval(timer);
  }
}

function readAll({ processes }: Devnet): Map<string, number> {
  const pids = Object.keys(PROCESSES).map((name) => [name, processes.pid(name)] as const);
  return new Map(pids.flatMap(([name, pid]) => (pid === undefined ? [] : [[name, residentMiB(pid)] as const])));
}
