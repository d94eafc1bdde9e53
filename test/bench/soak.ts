import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDevnet } from "../../devnet";
import { ACTORS, held, QUARTERS, soak, type Soaked } from "./soak/run";
import { median } from "./stf/median";

/** `SOLVENT_SOAK=600` is ten minutes of it. */
export const SOAK_SECONDS = Number(process.env.SOLVENT_SOAK ?? 3_600);

/** A devnet under mixed load, liars, reorgs of L1, time travel and snapshots for an hour. */
export async function bench(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), "solvent-soak-"));
  console.log(`logs of the devnet are in ${dataDir} until this is over`);
  const soaked = await lived(dataDir);
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  return [
    `A devnet for ${SOAK_SECONDS.toLocaleString("en")} s. Each round has load on the sequencer, questions good and bad to sequencer and verifier, and an hour that`,
    "is travelled; some have a liar whose lie must be refuted, a reorg of L1, a snapshot of everything that is gone back to.",
    "`npx mocha test/devnet/soak.full.ts` is the same with its bars: every lie refuted, every actor without a problem at the end, and memory flat.",
    "",
    table(soaked),
  ].join("\n");
}

async function lived(dataDir: string): Promise<Soaked> {
  await using devnet = await startDevnet({ logLevel: "info", dataDir });
  return await soak(devnet, SOAK_SECONDS);
}

export function table(soaked: Soaked): string {
  const { counts, verdictSeconds, l1MiB } = soaked;
  const cells = ACTORS.map((actor) => QUARTERS.map((quarter) => held(soaked, actor, quarter)));
  return [
    "| rounds | transactions | questions | lies refuted | seconds to a verdict, median | most | reorgs of L1 | snapshots gone back to |",
    "|---|---|---|---|---|---|---|---|",
    `| ${counts.rounds} | ${counts.transactions} | ${counts.questions} | ${verdictSeconds.length} of ${counts.faults} | ` +
      `${median(verdictSeconds).toFixed(0)} | ${Math.max(...verdictSeconds).toFixed(0)} | ${counts.reorgs} | ${counts.reverts} |`,
    "",
    "MiB by quarter of the run: the least of JavaScript's heap with what it holds outside of it, and the median of resident memory with",
    `wasm's. L1's node had ${l1MiB.toFixed(0)} MiB resident at the end.`,
    "",
    "| actor | heap | | | | resident | | | |",
    "|---|---|---|---|---|---|---|---|---|",
    ...ACTORS.map((actor, i) => {
      const [heap, resident] = [cells[i].map((one) => one.heapMiB), cells[i].map((one) => one.residentMiB)];
      return `| ${actor} | ${[...heap, ...resident].map((mib) => mib.toFixed(0)).join(" | ")} |`;
    }),
  ].join("\n");
}
