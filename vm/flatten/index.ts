import { RefusedModule, VmError } from "../errors";
import { Op } from "../isa";
import {
  INSTRUCTION_BYTES,
  LEAF_BYTES,
  PAGE_BYTES,
  type ExportedFunction,
  type FunctionRange,
  type Program,
  type Segment,
} from "../types";
import { assemble, type Draft, type Placement } from "./emitter";
import { flattenFunction, type FlatFunction } from "./function";
import { parseModule, type DataSegment, type Module } from "./module";

export type FlattenOptions = {
  /** Name of the exported function `() -> ()` to start with; null for a program that is only entered through its stubs. */
  entry?: string | null;
  /** Bytes for call frames, a multiple of 4,096. */
  frameArea?: number;
};

/** 1 MiB: 131,072 slots. */
export const DEFAULT_FRAME_AREA = 1 << 20;
const WASM_PAGE = 65_536;
const MIN_DEPTH = 7;
const MAX_DEPTH = 23;

/**
 * Turns a WebAssembly module into a flat program. Pure: same bytes and options, same program.
 * Layout of the code: one stub (`call`, `end`) per exported function in order of export, then the functions by index.
 * @throws MalformedModule for invalid modules, RefusedModule for constructs outside the integer subset, VmError for bad options.
 * @see docs/spec/04-vm.md
 */
export function flatten(wasm: Uint8Array, options: FlattenOptions = {}): Program {
  return flattenModule(parseModule(wasm), options).program;
}

/**
 * The same for a module of which only a part lies in the subset: functions outside become `unreachable`.
 * For conformance suites, whose modules mix integers with floats and tables; never for a program that is proven.
 * @returns also the exports that may reach such a function, with the construct.
 */
export function flattenPartially(
  wasm: Uint8Array,
  options: FlattenOptions = {},
): { program: Program; refused: Map<string, string> } {
  return flattenModule(parseModule(wasm, true), options);
}

function flattenModule(module: Module, options: FlattenOptions): { program: Program; refused: Map<string, string> } {
  const { entry = "run", frameArea = DEFAULT_FRAME_AREA } = options;
  if (frameArea <= 0 || frameArea % PAGE_BYTES !== 0)
    throw new VmError("vm.bad-argument", `frameArea is ${frameArea}; it must be a positive multiple of ${PAGE_BYTES}`);
  const linearSize = module.memoryPages * WASM_PAGE;
  const globalArea = Math.ceil((8 * module.globals.length) / PAGE_BYTES) * PAGE_BYTES;
  const memorySize = linearSize + frameArea + globalArea;
  if (memorySize > LEAF_BYTES * 2 ** MAX_DEPTH) throw new RefusedModule(`memory of ${memorySize} bytes`, 0);
  const stubs = exportedFunctions(module);
  const stubPcs = 2 * stubs.length + 1;
  const flat = module.bodies.map((_, i) => flattenOrRefuse(module, module.imports.length + i));
  spreadRefusals(module, flat);
  const { code, wasmOffsets, functions } = link(module, flat, stubs, stubPcs, linearSize + frameArea);
  const program = {
    code,
    entryPc: entryPc(stubs, stubPcs - 1, entry),
    linearSize,
    frameArea,
    globalArea,
    memorySize,
    memoryDepth: treeDepth(memorySize / LEAF_BYTES),
    segments: [...linearSegments(module.data), ...globalSegments(module, linearSize + frameArea)],
    exports: stubs.map(({ stub }) => stub),
    functions,
    wasmOffsets,
  };
  const refused = new Map<string, string>();
  for (const { name, index } of module.exports) {
    const refusal = module.refusedFunctions.get(index);
    if (refusal !== undefined) refused.set(name, refusal.construct);
  }
  return { program, refused };
}

function flattenOrRefuse(module: Module, index: number): FlatFunction {
  try {
    const refusal = module.refusedFunctions.get(index);
    if (refusal !== undefined) throw refusal;
    return flattenFunction(module, index);
  } catch (error) {
    if (!module.isPartial || !(error instanceof RefusedModule)) throw error;
    module.refusedFunctions.set(index, error);
    return { code: [newDraft(Op.unreachable)], frameSlots: 1 };
  }
}

/** A function that calls a refused one is refused, too. */
function spreadRefusals({ imports, refusedFunctions }: Module, flat: FlatFunction[]): void {
  for (let before = -1; before !== refusedFunctions.size;) {
    before = refusedFunctions.size;
    flat.forEach(({ callees }, i) => {
      const refusal = callees?.map((callee) => refusedFunctions.get(callee)).find((found) => found !== undefined);
      if (refusal !== undefined) refusedFunctions.set(imports.length + i, refusal);
    });
  }
}

/** The least depth, from 7 on, whose tree has that many leaves. */
function treeDepth(leaves: number): number {
  let depth = MIN_DEPTH;
  while (2 ** depth < leaves) depth++;
  return depth;
}

type Stub = { stub: ExportedFunction; index: number };

/** A host call that is exported again gets no stub. */
function exportedFunctions(module: Module): Stub[] {
  return module.exports
    .filter(({ index }) => index >= module.imports.length)
    .map(({ name, index }, i) => ({ stub: { name, stubPc: 2 * i, ...module.functions[index] }, index }));
}

function entryPc(stubs: Stub[], endPc: number, entry: string | null): number {
  if (entry === null) return endPc;
  const found = stubs.find(({ stub }) => stub.name === entry)?.stub;
  if (found === undefined) throw new VmError("vm.not-found", `the module exports no function "${entry}"`);
  if (found.params.length + found.results.length > 0)
    throw new VmError("vm.bad-argument", `"${entry}" has parameters or results; the entry must have none`);
  return found.stubPc;
}

/** Lays stubs and functions out behind each other and packs them. */
function link(module: Module, flat: FlatFunction[], stubs: Stub[], firstPc: number, globalsBase: number) {
  const functions: FunctionRange[] = [];
  let pc = firstPc;
  flat.forEach(({ code, frameSlots }, i) => {
    const wasmIndex = module.imports.length + i;
    const name = functionName(module, wasmIndex);
    functions.push({ startPc: pc, endPc: pc + code.length, frameSlots, wasmIndex, name });
    pc += code.length;
  });
  const placementOf = (index: number): Placement => {
    const { startPc, frameSlots } = functions[index - module.imports.length];
    return { startPc, frameSlots, parameters: module.functions[index].params.length };
  };
  // An odd number of instructions is filled up: a leaf of the code tree has two.
  const code = new Uint8Array((pc + (pc % 2)) * INSTRUCTION_BYTES);
  const view = new DataView(code.buffer);
  const wasmOffsets = new Uint32Array(pc + (pc % 2));
  assemble(stubCode(stubs), view, 0, globalsBase, placementOf);
  flat.forEach(({ code: drafts }, i) => {
    const { startPc } = functions[i];
    assemble(drafts, view, startPc, globalsBase, placementOf);
    drafts.forEach((draft, at) => (wasmOffsets[startPc + at] = draft.offset));
  });
  return { code, wasmOffsets, functions };
}

function stubCode(stubs: Stub[]): Draft[] {
  return [...stubs.flatMap(({ index }) => [newDraft(Op.call, index), newDraft(Op.end)]), newDraft(Op.end)];
}

const newDraft = (op: number, callee?: number): Draft => ({ op, d: 0, a: 0, b: 0, imm: 0n, callee, offset: 0 });

function functionName(module: Module, index: number): string {
  return module.names.get(index) ?? module.exports.find((entry) => entry.index === index)?.name ?? `func ${index}`;
}

/** Data segments as they stand in memory: later ones overwrite earlier ones. */
function linearSegments(data: DataSegment[]): Segment[] {
  const sorted = [...data].filter(({ bytes }) => bytes.length > 0).sort((left, right) => left.address - right.address);
  const areas: { start: number; end: number }[] = [];
  for (const { address, bytes } of sorted) {
    const last = areas.at(-1);
    if (last !== undefined && address <= last.end) last.end = Math.max(last.end, address + bytes.length);
    else areas.push({ start: address, end: address + bytes.length });
  }
  const segments = areas.map(({ start, end }) => ({ address: start, bytes: new Uint8Array(end - start) }));
  for (const { address, bytes } of data) {
    const segment = segments.find((area) => area.address <= address && address < area.address + area.bytes.length);
    segment?.bytes.set(bytes, address - segment.address);
  }
  return segments;
}

function globalSegments({ globals }: Module, address: number): Segment[] {
  if (globals.length === 0) return [];
  const bytes = new Uint8Array(8 * globals.length);
  const view = new DataView(bytes.buffer);
  globals.forEach(({ initial }, i) => view.setBigUint64(8 * i, initial, true));
  return [{ address, bytes }];
}
