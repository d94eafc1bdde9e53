import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { parseConfig } from "../actor/config/load";
import { NodeCore } from "../actor/core";
import { systemOf } from "../actor/deployedSystem";
import { openExecution } from "../actor/execution";
import { createLogger } from "../actor/log";
import { SystemInfo } from "../actor/rollupInfo";
import { readDeployment } from "../deployment";
import { SolventError } from "../protocol/errors";
import { SolvencyAudit, type Audit } from "../verifier/audit/audit";
import { forecastLines, htmlOf, reportOf } from "../verifier/audit/report";
import { verifierConfig } from "../verifier/config";

/** L1 may move under the audit: so often it begins again. */
const ATTEMPTS = 20;

/**
 * `solvent audit --rpc L1 --from DEPLOYMENT`: rebuilds the chain from L1 alone in a folder of its own and audits it once.
 * Exit status 0 where all is covered, 1 where something was found, 2 where it could not be audited.
 */
async function main(): Promise<number> {
  const command = new Command("audit")
    .description("Audits a deployment from nothing but L1")
    .requiredOption("--rpc <url>", "JSON-RPC of L1")
    .requiredOption("--from <file>", "what deploying wrote: addresses, parameters, genesis")
    .option("--out <folder>", "where audit.json and audit.html are written", ".");
  const { rpc, from, out } = command.parse().opts<{ rpc: string; from: string; out: string }>();
  const dataDir = mkdtempSync(join(tmpdir(), "solvent-audit-"));
  try {
    const config = parseConfig(verifierConfig, { dataDir, deployment: from, l1Url: rpc });
    const log = createLogger("audit", "silent");
    const options = { keepsUnsafe: false, open: openExecution };
    const core = await NodeCore.open(config, systemOf(readDeployment(from)), options, log);
    try {
      const report = reportOf(
        await auditOnce(core, new SolvencyAudit(core, new SystemInfo(core), config.l1.logRange, log)),
      );
      writeFileSync(join(out, "audit.json"), JSON.stringify(report, null, 2) + "\n");
      writeFileSync(join(out, "audit.html"), htmlOf(report) + "\n");
      console.log(
        `${report.verdict} at L1 block ${report.l1Block.number}, L2 block ${report.l2Block.number}: risk ${report.risk.toFixed(1)}`,
      );
      for (const { name, block, text } of report.alerts) console.log(`${name} in L2 block ${block}: ${text}`);
      for (const { name, text } of report.warnings) console.log(`${name}: ${text}`);
      for (const line of forecastLines(report.forecast)) console.log(line);
      return report.verdict === "solvent" ? 0 : 1;
    } finally {
      await core.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function auditOnce(core: NodeCore, audit: SolvencyAudit): Promise<Audit> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await core.tick();
    if (core.isSynced) await audit.run(() => false);
    if (audit.current !== null) return audit.current;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new SolventError(
    "audit-pending",
    core.health.summary() ?? "L1 moved under the audit again and again: try again",
  );
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(`audit: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  },
);
