import type { Logger } from "pino";
import type { BlockTables, StoredBlock } from "../node/chain/blockTables";
import type { BuildRequest } from "../node/engine/types";
import {
  EngineThreads,
  sliceInbox,
  sliceOfRun,
  type AdvanceJob,
  type AdvanceResult,
  type BuildResult,
} from "../node/engine/threads";
import { decodeCursor } from "../protocol";
import type { Hex, InboxView } from "../protocol/types";

/** Blocks of less gas are run at once, not in a thread: in a twentieth of a second at most, whatever precompiles they call. */
const SHORT_GAS = 300_000n;
/** One checks batches; the other runs long blocks meanwhile. */
const THREADS = 2;

/** Runs what takes long in threads over an actor's own store, so that its loop answers requests meanwhile. */
export class LongRuns {
  readonly threads: EngineThreads;

  constructor(
    databasePath: string,
    private readonly log: Logger,
  ) {
    this.threads = new EngineThreads({ databasePath }, THREADS);
  }

  /** Starts a thread where there is none yet: something long is to come. */
  warm(): void {
    this.threads.warm();
  }

  /** @throws SolventError `program-trapped`, `engine-*`. */
  advance(job: AdvanceJob): Promise<AdvanceResult> {
    return this.threads.run({ operation: "advance", ...job }, Infinity);
  }

  /**
   * Builds a long block.
   * @param gas - what its candidates may use. @param senders - who signed each, where that is known.
   * @returns null for a short one, and where it fails: that says nothing of the block, which is built here then.
   */
  async build(
    request: BuildRequest,
    { header }: StoredBlock,
    gas: bigint,
    senders: readonly Hex[] = [],
  ): Promise<BuildResult | null> {
    const { inbox, messageCount } = request;
    if (messageCount === 0 && gas <= SHORT_GAS) return null;
    const firstMessage = decodeCursor(header.extraData).delayed;
    const messageEnd = firstMessage + BigInt(messageCount);
    const slice = sliceInbox(inbox, { firstBatch: inbox.batchCount, firstMessage, messageEnd });
    // Copies: a view would take all of what it looks at along.
    const candidates = request.candidates.map((raw) => Uint8Array.from(raw));
    return this.orNull("build", () =>
      this.threads.run({ operation: "build", request: { ...request, inbox: slice, candidates }, senders }, Infinity),
    );
  }

  /**
   * Whether the program makes just this block of the inbox, of a long one that the node has already.
   * @returns false for a short one, and where it makes another, or fails: that is found out here then.
   */
  async confirms(tables: BlockTables, parent: StoredBlock, block: StoredBlock, inbox: InboxView): Promise<boolean> {
    if (block.header.gasUsed <= SHORT_GAS) return false;
    const senders = tables.rawTransactions(block.hash).flatMap((raw, i) => {
      const from = tables.knownSender(block.hash, i);
      return from === null ? [] : [{ raw: Uint8Array.from(raw), from }];
    });
    const slice = sliceOfRun(inbox, decodeCursor(parent.header.extraData));
    const job = { outputRoot: parent.outputRoot, inbox: slice, preimages: [], senders, runs: 1 };
    const made = await this.orNull("derive", () => this.advance(job));
    return made?.[0] === block.outputRoot;
  }

  private async orNull<T>(what: string, run: () => Promise<T>): Promise<T | null> {
    try {
      return await run();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.log.warn({ reason }, `a thread did not ${what} a block: doing it here`);
      return null;
    }
  }
}
