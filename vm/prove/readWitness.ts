import { concatBytes } from "../commit/bytes";
import { decodeRegisters, encodeRegisters, hashRegisters, REGISTER_BYTES } from "../commit/machineHash";
import { multiproofRoot } from "../commit/multiproof";
import { codeTreeOf } from "../commit/program";
import { tag } from "../commit/hasher";
import { VmError } from "../errors";
import { emptyHost, PreimageKind } from "../host";
import { Op, unpackInstruction, type Instruction } from "../isa";
import { FlatMemory, type StepMemory } from "../reference/memory";
import { traceStep } from "../trace";
import { LEAF_BYTES, Status, type Program, type Registers, type StepTrace } from "../types";
import { BLOB_BYTES, OPENING_BYTES } from "./prove";
import { namedLeaves, preimageOffset } from "./touchedLeaves";

/** A leaf of memory that a witness holds, before and after its step; 32 bytes each. */
export interface WitnessLeaf {
  index: number;
  before: Uint8Array;
  after: Uint8Array;
}

/** What a witness says, part by part; the bytes of its parts add up to its length. */
export interface WitnessReading {
  before: Registers;
  /** Null where L1 answers something itself that is not in the witness: a record of its inbox, a precompile. */
  after: Registers | null;
  /** Null for a machine that does not run. */
  instruction: Instruction | null;
  leaves: WitnessLeaf[];
  bytes: { registers: number; code: number; leaves: number; hostData: number; siblings: number };
  /** Machine hashes, 32 bytes. */
  beforeHash: Uint8Array;
  afterHash: Uint8Array | null;
}

/**
 * Reads what `prove` writes and does the step from it alone, as L1 does: for people who want to see it.
 * @param program - The one that the witness is of.
 * That the element of a blob is its blob's is L1's to find out.
 * @throws {VmError} `vm.bad-argument` where the bytes are no witness of a step of this program.
 * @see docs/spec/05-machine-proofs.md#witness
 */
export function readWitness(program: Program, witness: Uint8Array): WitnessReading {
  if (witness.length < REGISTER_BYTES) throw misfit("it is shorter than registers");
  const { registers, memoryRoot } = decodeRegisters(witness.slice(0, REGISTER_BYTES));
  const beforeHash = hashRegisters(witness.slice(0, REGISTER_BYTES));
  const none = { registers: REGISTER_BYTES, code: 0, leaves: 0, hostData: 0, siblings: 0 };
  if (registers.status !== Status.running)
    return {
      ...{ before: registers, after: registers, instruction: null, leaves: [], bytes: none },
      ...{ beforeHash, afterHash: beforeHash },
    };
  const code = codeTreeOf(program);
  if (!code.has(registers.pc)) throw misfit("its machine stands behind the code");
  const instruction = unpackInstruction(program.code, registers.pc);
  const codeBytes = LEAF_BYTES * (1 + code.depth);
  const rest = witness.subarray(REGISTER_BYTES + codeBytes);
  const { indices, before, trace, hostData, siblings } = readLeaves(program, rest, registers, instruction);
  const fold = (leaves: readonly Uint8Array[]): Uint8Array | null =>
    indices.length === 0 ? memoryRoot : multiproofRoot(tag("memory"), program.memoryDepth, indices, leaves, siblings);
  const root = fold(before);
  if (root === null || (indices.length === 0 && siblings.length > 0) || Buffer.compare(root, memoryRoot) !== 0)
    throw misfit("its leaves do not fold into its memory root");
  const after = indices.map((index, i) => leafAfter(index, before[i], trace));
  const sizes = { code: codeBytes, leaves: LEAF_BYTES * indices.length, hostData, siblings: siblings.length };
  return {
    before: registers,
    after: trace?.after ?? null,
    instruction,
    leaves: indices.map((index, i) => ({ index, before: before[i], after: after[i] })),
    bytes: { registers: REGISTER_BYTES, ...sizes },
    beforeHash,
    afterHash: trace === null ? null : hashRegisters(encodeRegisters(trace.after, fold(after)!)),
  };
}

/** @param rest - The witness behind its code: named leaves, free ones (slots say where they are), host data, siblings. */
function readLeaves(program: Program, rest: Uint8Array, registers: Registers, instruction: Instruction) {
  const named = namedLeaves(program, registers, instruction);
  const part = (i: number): Uint8Array => rest.slice(LEAF_BYTES * i, LEAF_BYTES * (i + 1));
  const known = new Map(named.map((leaf, i) => [leaf, part(i)]));
  const none = new Uint8Array(0);
  const reach = tryStep(program, registers, known, none);
  const free = (reach ?? traceAnswered(program, registers, known)).leaves.filter((leaf) => !known.has(leaf));
  free.forEach((leaf, i) => known.set(leaf, part(named.length + i)));
  const indices = [...free, ...named];
  let at = LEAF_BYTES * indices.length;
  if (rest.length < at) throw misfit("it ends in its leaves");
  let data: Uint8Array = none;
  const isPreimage = instruction.op === Op.preimage && reach?.hostCall !== undefined;
  if (isPreimage) {
    const length = Number(BigInt(`0x0${Buffer.from(rest.subarray(at, at + LEAF_BYTES)).toString("hex")}`));
    data = rest.slice(at + LEAF_BYTES, at + LEAF_BYTES + length);
    if (data.length !== length) throw misfit("it ends in its data");
    at += LEAF_BYTES + length;
    const offset = preimageOffset(registers, instruction, (leaf) => known.get(leaf)!);
    if (reach.hostCall?.kind === PreimageKind.blob) data = blobOf(data, offset);
  }
  return {
    indices,
    before: indices.map((index) => known.get(index)!),
    // A precompile's answer is computed by L1: the witness holds the question.
    trace:
      isPreimage && reach.hostCall?.kind === PreimageKind.precompile ? null : tryStep(program, registers, known, data),
    hostData: at - LEAF_BYTES * indices.length,
    siblings: rest.subarray(at),
  };
}

/** A blob of which only what an opening shows is known. */
function blobOf(opening: Uint8Array, offset: number): Uint8Array {
  if (opening.length !== (offset < BLOB_BYTES ? OPENING_BYTES : 0)) throw misfit("its opening has another length");
  const blob = new Uint8Array(BLOB_BYTES);
  if (offset < BLOB_BYTES) blob.set(opening.subarray(0, LEAF_BYTES), offset);
  return blob;
}

/** The step over these leaves, what is unknown taken for zero; null where it needs an answer of L1's inbox. */
function tryStep(
  program: Program,
  registers: Registers,
  known: ReadonlyMap<number, Uint8Array>,
  data: Uint8Array,
): StepTrace | null {
  try {
    return traceStep(program, registers, new LeafMemory(known), { ...emptyHost, preimage: () => data });
  } catch (error) {
    if (error instanceof VmError && error.code === "vm.inbox-missing") return null;
    throw error;
  }
}

/** An `inbox` step as if L1 answered zeros: it touches the same leaves. */
function traceAnswered(program: Program, registers: Registers, known: ReadonlyMap<number, Uint8Array>): StepTrace {
  const answered = { ...emptyHost, inbox: () => new Uint8Array(LEAF_BYTES) };
  return traceStep(program, registers, new LeafMemory(known), answered);
}

function leafAfter(index: number, before: Uint8Array, trace: StepTrace | null): Uint8Array {
  const first = index * LEAF_BYTES;
  // A copy even of a Buffer, whose `slice` is none.
  const leaf = new FlatMemory(Uint8Array.from(before));
  for (const { address, bytes } of trace?.writes ?? []) {
    const from = Math.max(address, first);
    const to = Math.min(address + bytes.length, first + LEAF_BYTES);
    if (from < to) leaf.write(from - first, bytes.subarray(from - address, to - address));
  }
  return leaf.bytes;
}

/** Memory of which only some leaves are known. */
class LeafMemory implements StepMemory {
  constructor(private readonly known: ReadonlyMap<number, Uint8Array>) {}

  read(address: number, length: number): Uint8Array {
    const first = Math.floor(address / LEAF_BYTES);
    const last = Math.floor((address + length - 1) / LEAF_BYTES);
    const leaves: Uint8Array[] = [];
    for (let leaf = first; leaf <= last; leaf++) leaves.push(this.known.get(leaf) ?? new Uint8Array(LEAF_BYTES));
    const from = address - first * LEAF_BYTES;
    return concatBytes(leaves).slice(from, from + length);
  }

  /** A hint has no effect: its data is in no witness. */
  peek(_address: number, length: number): Uint8Array {
    return new Uint8Array(length);
  }

  write(): void {}
}

function misfit(reason: string): VmError {
  return new VmError("vm.bad-argument", `not a witness of this program: ${reason}`);
}
