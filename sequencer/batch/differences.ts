import { join } from "node:path";
import type { Logger } from "pino";
import type { NodeCore } from "../../actor/core";
import { NO_BLOCK, gatherEvidence, writeEvidence } from "../../actor/evidence";
import type { OpenExecution } from "../../actor/execution";
import { OverlayStore } from "../../node/engine/overlay";
import { SolventError } from "../../protocol/errors";
import type { BlockBuilder } from "../blocks/builder";
import type { Doubt, Ledger } from "../blocks/ledger";

/**
 * What becomes of a block that engine and program do not agree on. Only what L1 confirms and a second run repeats is a difference between the
 * two, and ends building and posting; the evidence is kept in a file that replays.
 */
export class Differences {
  private readonly folder: string;

  constructor(
    private readonly core: NodeCore,
    private readonly ledger: Ledger,
    private readonly open: OpenExecution,
    dataDir: string,
    private readonly log: Logger,
  ) {
    this.folder = join(dataDir, "differences");
  }

  /** The engine fails on `question`, which should go into the next block: nothing more is built or posted. */
  failed(question: NonNullable<BlockBuilder["failed"]>, error: SolventError): void {
    const { core, log } = this;
    const blockNumber = core.chain.unsafe.number + 1;
    const actual = error.message;
    const promised = { chainId: String(core.system.chainId), blockNumber, expected: NO_BLOCK, actual };
    const { evidence } = gatherEvidence(this.open, new OverlayStore(core.store.nodes), question, promised);
    const file = writeEvidence(this.folder, evidence);
    const text =
      `block ${blockNumber}: ${actual}; nothing more is built or posted, reads are served; ` +
      `\`npx tsx actor/replay.ts ${file}\` repeats it`;
    log.fatal({ blockNumber, file }, text);
    core.health.report("program", text);
  }

  /**
   * The program seems to read a batch otherwise than it was built. That may be this node's own view of L1, or a run that went wrong.
   * @param reconcile - brings the open batch in line with the chain.
   * @returns what to report while the batch stays open.
   */
  async judge({ difference, question, nodes }: Doubt, reconcile: () => Promise<void>): Promise<string | null> {
    const { core, ledger, log } = this;
    const { blockNumber, expected, actual } = difference;
    log.error(difference, "a batch does not come out as it was built: looking for the reason");
    const waits = `block ${blockNumber} did not come out as it was built`;
    try {
      if (!(await core.follower.confirm())) return `${waits}: this node's view of L1 was wrong, it is read again`;
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
      return `${waits}: checked again when L1 can be asked (${error.message})`;
    }
    const promised = { chainId: String(core.system.chainId), blockNumber, expected, actual };
    const { evidence, now } = gatherEvidence(this.open, nodes, question, promised);
    if (now.program === expected) return `${waits} in one run, and did in the next: checked again`;
    const file = writeEvidence(this.folder, evidence);
    if (now.program === now.engine) {
      await ledger.drop(blockNumber);
      // At once: what is built now at that number takes the place of the record that a restart would find the transactions in.
      await reconcile();
      return `${waits}, and engine and program make the same of it now: built anew; kept in ${file}`;
    }
    const text =
      `engine.wasm and stf.wasm differ at block ${blockNumber}: nothing more is built or posted, reads are served; ` +
      `\`npx tsx actor/replay.ts ${file}\` repeats it`;
    log.fatal({ ...difference, ...now, file }, text);
    core.health.report("program", text);
    return null;
  }
}
