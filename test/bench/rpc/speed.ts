import { fromHex } from "../../../protocol";
import { devAccount } from "../../../devnet/accounts";
import { median } from "../stf/median";
import { LoadClient } from "./client";
import { processorSeconds, residentMiB, startAnvil, startHardhat, startSolvent, type Target } from "./targets";
import { createAccount, fund, playLoad, signAll, signOne, type LoadResult } from "./workload";

const SENDERS = 50;
const TRANSFERS = 2_000;
const REPETITIONS = 3;

interface Measured {
  name: string;
  runs: LoadResult[];
  /** Processor seconds of the node in each run. */
  processor: number[];
  restMiB: number;
  loadMiB: number;
}

/** Ours, still running. @property playMore - has so many more transfers in blocks. */
export type Played = Awaited<ReturnType<typeof startSolvent>> & { playMore(transfers: number): Promise<void> };

/**
 * Transfers over HTTP until all are in blocks: ours, Hardhat's node and anvil in turns, a block a second each.
 * @param more - what else is measured of ours before it ends.
 */
export async function measureSpeed(more: (solvent: Played) => Promise<string> = async () => ""): Promise<string> {
  const solvent = await startSolvent();
  const targets: Target[] = [solvent];
  try {
    targets.push(await startHardhat(), await startAnvil());
    const players = await Promise.all(targets.map(createPlayer));
    for (let repetition = 0; repetition < REPETITIONS; repetition++)
      for (const player of players) await player.play(repetition);
    const [ours, hardhat, anvil] = players.map(({ measured }) => measured);
    const said = report([ours, hardhat, anvil]);
    const playMore = async (transfers: number): Promise<void> => {
      for (let i = 0; i < transfers / TRANSFERS; i++) await players[0].play(REPETITIONS + i);
    };
    return `${said}\n\n${await more({ ...solvent, playMore })}`;
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
  }
}

async function createPlayer(target: Target): Promise<{ measured: Measured; play(repetition: number): Promise<void> }> {
  const client = new LoadClient(target.url, SENDERS + 1);
  const restMiB = residentMiB(target.pid);
  const senders = Array.from({ length: SENDERS }, () => createAccount());
  const opener = createAccount();
  await fund(client, target.chainId, createAccount(fromHex(devAccount(0).privateKey)), [...senders, opener]);
  const measured: Measured = { name: target.name, runs: [], processor: [], restMiB, loadMiB: restMiB };
  const each = TRANSFERS / SENDERS;
  return {
    measured,
    async play(repetition) {
      const requests = signAll(target.chainId, senders, repetition * each, each);
      const watch = setInterval(() => (measured.loadMiB = Math.max(measured.loadMiB, residentMiB(target.pid))), 100);
      const before = processorSeconds(target.pid);
      try {
        measured.runs.push(await playLoad(client, signOne(target.chainId, opener, repetition), requests));
      } finally {
        clearInterval(watch);
      }
      const after = processorSeconds(target.pid);
      if (before !== null && after !== null) measured.processor.push(after - before);
    },
  };
}

function report(measured: Measured[]): string {
  const times = measured.map(({ runs }) => median(runs.map(({ includedMs }) => includedMs)));
  const rows = measured.map(({ name, runs, processor, restMiB, loadMiB }, i) => {
    const accepted = median(runs.map(({ acceptedMs }) => acceptedMs));
    const all = runs.map(({ includedMs }) => seconds(includedMs)).join(", ");
    const ratio = (times[i] / times[0]).toFixed(2);
    const rate = (TRANSFERS / times[i]) * 1000;
    return (
      `| ${name} | ${seconds(times[i])} | ${all} | ${rate.toFixed(0)} | ${seconds(accepted)} | ${ratio} | ` +
      `${processor.length === 0 ? "-" : median(processor).toFixed(2)} | ` +
      `${restMiB.toFixed(0)} | ${loadMiB.toFixed(0)} |`
    );
  });
  return [
    `${TRANSFERS} pre-signed transfers from ${SENDERS} senders over HTTP (one request each, ${SENDERS} connections) until all are in blocks;`,
    `a block a second, 30 million gas a block (so two blocks at least); ${REPETITIONS} repetitions in turns, medians. The ratio says how many times faster Solvent is.`,
    "",
    "| node | until in blocks, s | each, s | transactions/s | until accepted, s | ratio | processor, s | MiB at rest | MiB under load |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
