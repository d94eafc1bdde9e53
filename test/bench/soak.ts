import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ACTORS, QUARTERS, Soak, startCollectable } from "./soak/run";
import { median } from "./stf/median";

/** `SOLVENT_SOAK=600` is ten minutes of it. */
export const SOAK_SECONDS = Number(process.env.SOLVENT_SOAK ?? 3_600);

/** A devnet under mixed load, liars, reorgs of L1, time travel and snapshots for an hour. */
export async function bench(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), "solvent-soak-"));
  console.log(`logs of the devnet are in ${dataDir} until this is over`);
  const seen = await lived(dataDir);
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  return [
    `A devnet for ${SOAK_SECONDS.toLocaleString("en")} s. Each round has load on the sequencer, questions good and bad to sequencer and verifier, and an hour that`,
    "is travelled; some have a liar whose lie must be refuted, a reorg of L1, a snapshot of everything that is gone back to.",
    "`npx mocha test/devnet/soak.full.ts` is the same. Bars: every lie refuted, every actor without a problem at the end, memory in the last",
    "quarter at most a quarter and 16 MiB above that of the second.",
    "",
    seen,
  ].join("\n");
}

async function lived(dataDir: string): Promise<string> {
  await using devnet = await startCollectable(dataDir);
  const soak = new Soak(devnet, SOAK_SECONDS);
  try {
    const flaws = await soak.run();
    const text = flaws.length === 0 ? "All bars held." : `Bars that did not hold: ${flaws.join("; ")}.`;
    return `${table(soak)}\n\n${text}`;
  } catch (error) {
    console.log(table(soak));
    throw error;
  }
}

export function table(soak: Soak): string {
  const { counts, verdictSeconds } = soak;
  return [
    "| rounds | transactions | questions | lies refuted | seconds to a verdict, median | most | reorgs of L1 | snapshots gone back to |",
    "|---|---|---|---|---|---|---|---|",
    `| ${counts.rounds} | ${counts.transactions} | ${counts.questions} | ${verdictSeconds.length} of ${counts.faults} | ` +
      `${median(verdictSeconds)?.toFixed(0)} | ${Math.max(...verdictSeconds).toFixed(0)} | ${counts.reorgs} | ${counts.reverts} |`,
    "",
    "MiB by quarter of the run: the least of JavaScript's heap after its garbage was collected, with what it holds outside of it, and the",
    "median of resident memory with wasm's.",
    "",
    "| actor | heap | | | | resident | | | |",
    "|---|---|---|---|---|---|---|---|---|",
    ...ACTORS.map((actor) => {
      const held = QUARTERS.map((quarter) => soak.held(actor, quarter));
      const mib = [...held.map(({ heapMiB }) => heapMiB), ...held.map(({ residentMiB }) => residentMiB)];
      return `| ${actor} | ${mib.map((one) => one.toFixed(0)).join(" | ")} |`;
    }),
  ].join("\n");
}
