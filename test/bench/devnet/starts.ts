import { startAnvil, startHardhat, processorSeconds, type Target } from "../rpc/targets";
import { startCommand, treeOf } from "./command";

/** Starts of each, of which the quickest counts: a machine that does something else once is not what is measured. */
const STARTS = 3;
const BAR_SECONDS = 3;

/** How soon a devnet is ready, beside nodes without a rollup; in turns. */
export async function measureStarts(): Promise<string> {
  const [ours, hardhat, anvil]: number[][] = [[], [], []];
  const used: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const devnet = await startCommand();
    ours.push(devnet.readyMs);
    used.push([...treeOf(devnet.pid)].reduce((sum, pid) => sum + (processorSeconds(pid) ?? NaN), 0));
    await devnet.stop();
    hardhat.push(await timeOf(startHardhat));
    anvil.push(await timeOf(startAnvil));
  }
  const base = Math.min(...hardhat);
  const rows: [string, number[]][] = [
    [`\`npm start\`: L1 with contracts, sequencer, verifier, challenger, explorer (bar: ${BAR_SECONDS} s)`, ours],
    ["Hardhat's node alone", hardhat],
    ["anvil alone", anvil],
  ];
  return [
    `From the command until it is ready, best of ${STARTS}, in turns. The devnet's processes have used ${Math.min(...used).toFixed(1)} s of processor by then.`,
    "",
    "| what | s | each | over Hardhat's node |",
    "|---|---|---|---|",
    ...rows.map(([name, all]) => {
      const best = Math.min(...all);
      return `| ${name} | ${seconds(best)} | ${all.map(seconds).join(", ")} | ${(best / base).toFixed(2)} |`;
    }),
  ].join("\n");
}

async function timeOf(start: () => Promise<Target>): Promise<number> {
  const started = performance.now();
  const target = await start();
  const ms = performance.now() - started;
  await target.stop();
  return ms;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
