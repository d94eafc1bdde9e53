import { join } from "node:path";
import { sliceOfRun, type InboxSlice } from "../../node/engine/threads";
import { decodeCursor, decodeHeader, fromHex, toHex } from "../../protocol";
import { SolventError } from "../../protocol/errors";
import type { Cursor, ExecutedBlock, Hex, InboxView, NodeStore } from "../../protocol/types";
import { MachinePool } from "./pool";
import type { RunWitness } from "./recording";

const RUN_WORKER = join(__dirname, "runWorker");

export interface RunThreadData {
  /** Folder of a database that this process has open. */
  databasePath: string;
}

interface RunJob {
  start: Hex;
  inbox: InboxSlice;
  machine: { id: string };
}
export type AdvanceJob = RunJob & { kind: "advance" };
export type RecordJob = RunJob & { kind: "record" };

export interface AdvanceResult {
  /** Null where the inbox holds no further one. */
  block: ExecutedBlock | "trap" | null;
  /** What the run made, by hash, and answers of precompiles by the key of their request. */
  made: (readonly [hash: Uint8Array, data: Uint8Array])[];
}

/**
 * Runs of the program in threads of their own, over a store of this process: one thread derives, another records what is contested, so that
 * neither the actor's loop nor an answer ever waits for a block that nobody disputes.
 */
export class RunThreads {
  private readonly nodes: NodeStore;
  private readonly deriver: MachinePool;
  private readonly recorder: MachinePool;
  private isClosed = false;
  /** Whether a block that nobody waits for may be derived now. */
  mayDerive: () => boolean = () => true;

  constructor(databasePath: string, nodes: NodeStore) {
    this.nodes = nodes;
    this.deriver = new MachinePool(1, RUN_WORKER, { databasePath });
    this.recorder = new MachinePool(1, RUN_WORKER, { databasePath });
  }

  /** As `Program.advance`; what the run made is in the store when it is done. @throws SolventError `program-trapped`, `machine-failed`. */
  async advance(start: Hex, inbox: InboxView): Promise<ExecutedBlock | null> {
    const slice = this.slice(start, inbox);
    while (!this.mayDerive() && !this.isClosed) await new Promise((resolve) => setTimeout(resolve, 20));
    const job: AdvanceJob = { kind: "advance", start, inbox: slice, machine: { id: "" } };
    const { block, made } = (await this.deriver.run(job)) as AdvanceResult;
    if (block === "trap") throw new SolventError("program-trapped", "the program trapped");
    for (const [hash, data] of made) this.nodes.put(hash, data);
    return block;
  }

  /** What the run from `start` makes of that inbox; the state of `start` is on disk. */
  async next(start: Hex, inbox: InboxView): Promise<"block" | "trap" | "idle"> {
    const job: AdvanceJob = { kind: "advance", start, inbox: this.slice(start, inbox), machine: { id: "" } };
    const { block } = (await this.recorder.run(job)) as AdvanceResult;
    if (block === null) return "idle";
    return block === "trap" ? "trap" : "block";
  }

  /** All that the run from `start` asks for; its block was derived before, or it traps. */
  async record(start: Hex, inbox: InboxView): Promise<RunWitness> {
    const job: RecordJob = { kind: "record", start, inbox: this.slice(start, inbox), machine: { id: "" } };
    return (await this.recorder.run(job)) as RunWitness;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([this.deriver.close(), this.recorder.close()]);
  }

  /** The part of the inbox that one run can ask for. */
  private slice(start: Hex, inbox: InboxView): InboxSlice {
    return sliceOfRun(inbox, cursorOf(this.nodes, start));
  }
}

/** Where the block after an output root is looked for. @throws SolventError `preimage-missing` where the store lacks its header. */
export function cursorOf(nodes: NodeStore, outputRoot: Hex): Cursor {
  return decodeCursor(toHex(fromHex(headerOf(nodes, outputRoot).extraData)));
}

/** The header behind an output root. @throws SolventError `preimage-missing`. */
export function headerOf(nodes: NodeStore, outputRoot: Hex): ReturnType<typeof decodeHeader> {
  const preimage = nodes.get(fromHex(outputRoot));
  const header = preimage && nodes.get(preimage.subarray(96, 128));
  if (header === undefined)
    throw new SolventError("preimage-missing", `nothing is known yet of output root ${outputRoot}`, { retry: true });
  return decodeHeader(header);
}
