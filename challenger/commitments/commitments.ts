import { createHash } from "node:crypto";
import type { ExecutedBlock, Hex, InboxView, StateTransition } from "../../protocol/types";
import type { HistoryTree } from "../../games/history/history";
import { OutputTree } from "../../games/history/outputTree";
import type { InboxState, OutputPreimage } from "../../games/types";
import { toHex, ZERO_HASH } from "../../protocol";
import { isErrorCode } from "../../protocol/errors";
import { MachineTree } from "../../vm/history/machineTree";
import type { Substitution, RunEnd } from "./substitution";
import type { ExplainResult, MachineSpec } from "./jobs";
import type { MachinePool } from "./pool";
import { FileCache } from "./fileCache";
import { Recent } from "./recent";
import { idleWitness, recordRun, type RecordedRun, type RecordingStore, type RunWitness } from "./recording";

/** Of finished trees on disk: those of hundreds of disputes. */
const MOST_CACHED_BYTES = 512 << 20;
/** Each has all that a run reads. */
const MOST_WITNESSES = 64;

/** Everything that a child of an assertion claims at level 0. */
export interface OutputCommitment {
  tree: HistoryTree;
  /** Output roots after each run until the program idled or the tree was full; at least one. */
  outputs: Hex[];
  /** What the last output root is made of. */
  last: OutputPreimage;
}

/** A block's machine hashes at level 1. */
export interface StrideCommitment {
  tree: HistoryTree;
  /** Hash of the machine before its first step. */
  start: Hex;
  /** Encoded registers of the machine in the last leaf. */
  lastRegisters: Hex;
  steps: bigint;
}

/**
 * What a party of the game commits to. The honest one computes it from the program; a liar is the same with one patch.
 * All answers are functions of their arguments: asked twice, they are equal.
 */
export interface CommitmentSource {
  outputs(start: Hex, inbox: InboxState): Promise<OutputCommitment>;
  strides(start: Hex, inbox: InboxState): Promise<StrideCommitment>;
  steps(start: Hex, inbox: InboxState, stride: number): Promise<HistoryTree>;
  /** Witness of the step after `step` steps of the run from `start`. */
  witness(start: Hex, inbox: InboxState, step: bigint): Promise<Hex>;
  explain(start: Hex, inbox: InboxState, step: bigint): Promise<ExplainResult>;
}

export interface CommitmentOptions {
  program: StateTransition;
  /** The store that `program` was opened over. */
  store: RecordingStore;
  pool: MachinePool;
  heights: readonly [number, number, number];
  /** What L1 showed up to that inbox; throws where this node's view of L1 is another (reorg, lag). */
  inboxView(inbox: InboxState): InboxView;
  /** Folder for finished trees; null keeps none. */
  cacheDir: string | null;
  /** Runs in threads of their own; a liar, who runs on states of its own making, has none. */
  runs?: HonestRuns;
  /** The lie about a run, by its start; none for the honest party. */
  substitutionOf?(start: Hex): Substitution | undefined;
}

/** Where the honest party takes blocks from that it has derived, and runs from that it has to record. */
export interface HonestRuns {
  /** Output roots after each run from `start` on, at most so many. @throws SolventError `not-derived` while some are not known yet. */
  outputs(start: Hex, inbox: InboxState, most: number): Promise<Hex[]>;
  record(start: Hex, inbox: InboxState): Promise<RunWitness>;
}

/** The honest party's commitments, with the way in for a liar's memory patches. */
export class Commitments implements CommitmentSource {
  protected readonly options: CommitmentOptions;
  private readonly outputsByStart = new Recent<Promise<OutputCommitment>>();
  private readonly stridesByStart = new Recent<Promise<StrideCommitment>>();
  private readonly stepsByStride = new Recent<Promise<HistoryTree>>();
  private readonly witnesses = new Recent<RunWitness>(MOST_WITNESSES);
  private readonly files: FileCache | null;

  constructor(options: CommitmentOptions) {
    this.options = options;
    this.files = options.cacheDir === null ? null : new FileCache(options.cacheDir, MOST_CACHED_BYTES);
  }

  outputs(start: Hex, inbox: InboxState): Promise<OutputCommitment> {
    return once(this.outputsByStart, keyOf(start, inbox), async () => this.computeOutputs(start, inbox));
  }

  strides(start: Hex, inbox: InboxState): Promise<StrideCommitment> {
    return once(this.stridesByStart, keyOf(start, inbox), async () => {
      const [, height1, height2] = this.options.heights;
      const machine = await this.machine(start, inbox);
      const cached = this.read(machine, "strides");
      if (cached !== null) {
        const meta = JSON.parse(cached.meta) as { start: Hex; lastRegisters: Hex; steps: string };
        return { ...meta, tree: new HexHistory(cached.tree), steps: BigInt(meta.steps) };
      }
      const result = await this.options.pool.run({ kind: "strides", machine, height1, height2 });
      const [begin, lastRegisters] = [toHex(result.start), toHex(result.lastRegisters)];
      const meta = { start: begin, lastRegisters, steps: String(result.steps) };
      this.write(machine, "strides", result.tree, JSON.stringify(meta));
      const tree = new HexHistory(MachineTree.fromBytes(result.tree));
      return { tree, start: begin, lastRegisters, steps: result.steps };
    });
  }

  steps(start: Hex, inbox: InboxState, stride: number): Promise<HistoryTree> {
    return once(this.stepsByStride, `${keyOf(start, inbox)}/${stride}`, async () => {
      const machine = await this.machine(start, inbox);
      const cached = this.read(machine, `steps-${stride}`);
      if (cached !== null) return new HexHistory(cached.tree);
      const height2 = this.options.heights[2];
      const { tree } = await this.options.pool.run({ kind: "steps", machine, stride, height2 });
      this.write(machine, `steps-${stride}`, tree, "");
      return new HexHistory(MachineTree.fromBytes(tree));
    });
  }

  async witness(start: Hex, inbox: InboxState, step: bigint): Promise<Hex> {
    const machine = await this.machine(start, inbox);
    const { witness } = await this.options.pool.run({ kind: "witness", machine, step });
    return toHex(witness);
  }

  async explain(start: Hex, inbox: InboxState, step: bigint): Promise<ExplainResult> {
    return this.options.pool.run({ kind: "explain", machine: await this.machine(start, inbox), step });
  }

  /** Runs the program until it idles or the tree is full. A liar's runs may end elsewhere. */
  protected async computeOutputs(start: Hex, inbox: InboxState): Promise<OutputCommitment> {
    const [height] = this.options.heights;
    const { runs } = this.options;
    if (runs !== undefined) {
      const found = await runs.outputs(start, inbox, 2 ** height);
      const ends = found.length === 0 ? [start] : found;
      return { tree: new OutputTree(height, ends), outputs: ends, last: this.preimageOf(ends[ends.length - 1]) };
    }
    const outputs: Hex[] = [];
    let last: RunEnd | null = null;
    // The zero root is followed by itself.
    while (outputs.length < 2 ** height && (outputs.at(-1) ?? start) !== ZERO_HASH) {
      const end = this.runOnce(outputs.at(-1) ?? start, inbox);
      if (end === null) break;
      outputs.push(end.outputRoot);
      last = end;
      // Thousands of blocks must not keep the actor from its other duties.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (last === null) return { tree: new OutputTree(height, [start]), outputs: [start], last: this.preimageOf(start) };
    return { tree: new OutputTree(height, outputs), outputs, last: last.output };
  }

  /** One run; null when idle, the zero root where the program traps. */
  protected runOnce(start: Hex, inbox: InboxState): RunEnd | null {
    const substitution = this.options.substitutionOf?.(start);
    if (substitution?.end !== undefined) return substitution.end;
    const { program, inboxView } = this.options;
    let block: ExecutedBlock | null;
    try {
      block =
        substitution === undefined
          ? program.advance(start, inboxView(inbox))
          : this.record(start, inbox, substitution).block;
    } catch (error) {
      if (!isErrorCode(error, "program-trapped")) throw error;
      return { outputRoot: ZERO_HASH, output: this.preimageOf(ZERO_HASH) };
    }
    return block && { outputRoot: block.outputRoot, output: outputPreimage(block) };
  }

  /** One run with all that it asked for. */
  protected record(start: Hex, inbox: InboxState, substitution?: Substitution): RecordedRun {
    const { program, store, inboxView } = this.options;
    return recordRun(program, store, start, inboxView(inbox), substitution);
  }

  /** What an output root that is in the store is made of. */
  protected preimageOf(outputRoot: Hex): OutputPreimage {
    return preimageFromStore(this.options.store, outputRoot);
  }

  private async machine(start: Hex, inbox: InboxState): Promise<MachineSpec> {
    const substitution = this.options.substitutionOf?.(start);
    const id = [keyOf(start, inbox), substitution?.id].filter((part) => part !== undefined).join("|");
    let witness = this.witnesses.get(id);
    if (witness === undefined) {
      const { runs } = this.options;
      if (start === ZERO_HASH) witness = idleWitness(this.options.inboxView(inbox));
      else witness = (await runs?.record(start, inbox)) ?? this.record(start, inbox, substitution).witness;
      this.witnesses.set(id, witness);
    }
    return { id, witness, patches: substitution?.patches ?? [] };
  }

  private nameOf(machine: MachineSpec, what: string): string {
    const text = JSON.stringify([machine.id, what, this.options.heights]);
    return createHash("sha256").update(text).digest("hex").slice(0, 40);
  }

  private read(machine: MachineSpec, what: string): { tree: MachineTree; meta: string } | null {
    const bytes = this.files?.read(this.nameOf(machine, what));
    if (bytes == null) return null;
    try {
      const metaLength = new DataView(bytes.buffer).getUint32(0);
      const meta = Buffer.from(bytes.subarray(4, 4 + metaLength)).toString();
      return { tree: MachineTree.fromBytes(bytes.slice(4 + metaLength)), meta };
    } catch {
      return null; // a torn cache entry is computed anew
    }
  }

  private write(machine: MachineSpec, what: string, tree: Uint8Array, meta: string): void {
    const text = Buffer.from(meta);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    this.files?.write(this.nameOf(machine, what), Buffer.concat([length, text, tree]));
  }
}

/** A machine history with the game's interface. */
export class HexHistory implements HistoryTree {
  readonly height: number;
  readonly root: Hex;
  private readonly tree: MachineTree;

  constructor(tree: MachineTree) {
    this.tree = tree;
    this.height = tree.height;
    this.root = toHex(tree.root);
  }

  node(height: number, index: number): Hex {
    return toHex(this.tree.node(height, index));
  }

  leaf(index: number): Hex {
    return toHex(this.tree.leaf(index));
  }
}

export function outputPreimage(block: ExecutedBlock): OutputPreimage {
  const { stateRoot, messagePasserStorageRoot, headerRlp } = block;
  return { stateRoot, messagePasserStorageRoot, header: toHex(headerRlp) };
}

/** What an output root is made of, from a store that holds it. */
export function preimageFromStore(
  store: { get(hash: Uint8Array): Uint8Array | undefined },
  outputRoot: Hex,
): OutputPreimage {
  if (outputRoot === ZERO_HASH) return { stateRoot: ZERO_HASH, messagePasserStorageRoot: ZERO_HASH, header: "0x" };
  const bytes = (hash: string): Uint8Array => new Uint8Array(Buffer.from(hash.slice(2), "hex"));
  const preimage = store.get(bytes(outputRoot));
  const header = preimage && store.get(preimage.subarray(96, 128));
  if (preimage === undefined || header === undefined)
    throw new Error(`no preimage of output root ${outputRoot} in the store`);
  const [stateRoot, messagePasserStorageRoot] = [toHex(preimage.subarray(32, 64)), toHex(preimage.subarray(64, 96))];
  return { stateRoot, messagePasserStorageRoot, header: toHex(header) };
}

function keyOf(start: Hex, inbox: InboxState): string {
  return `${start}/${inbox.batchCount}/${inbox.lastBatch}/${inbox.delayedCount}/${inbox.lastDelayed}`;
}

/** One computation per key; a failed one is forgotten, so that it is tried again. */
function once<T>(map: Recent<Promise<T>>, key: string, compute: () => Promise<T>): Promise<T> {
  let value = map.get(key);
  if (value === undefined) {
    value = compute();
    map.set(key, value);
    value.catch(() => map.delete(key));
  }
  return value;
}
