import { MalformedModule, RefusedModule } from "../errors";
import type { ValueType } from "../types";
import { Reader } from "./reader";

export type FunctionType = { params: ValueType[]; results: ValueType[]; refusal?: RefusedModule };
/** A local or global's initial value is a 64-bit slot. */
export type GlobalDefinition = { type: ValueType; isMutable: boolean; initial: bigint };
export type Body = { start: number; end: number };
export type DataSegment = { address: number; bytes: Uint8Array; offset: number };

/** What the flattener needs of a module. Function indices count imports first. */
export type Module = {
  bytes: Uint8Array;
  types: FunctionType[];
  /** Names of the imported host calls, in order. */
  imports: string[];
  /** Types of all functions, imports first. */
  functions: FunctionType[];
  memoryPages: number;
  hasMemory: boolean;
  globals: GlobalDefinition[];
  exports: { name: string; index: number }[];
  bodies: Body[];
  data: DataSegment[];
  /** From the name section; may be incomplete. */
  names: Map<number, string>;
  /** Only in partial parsing: functions and globals that cannot be used, by index. */
  refusedFunctions: Map<number, RefusedModule>;
  refusedGlobals: Map<number, RefusedModule>;
  /** Refuse the whole module (false), or only the functions that use what is refused. */
  isPartial: boolean;
};

/** The host calls and their types. @see docs/spec/01-interfaces.md#host */
const HOST_CALLS: Record<string, FunctionType> = {
  input: { params: ["i32"], results: [] },
  output: { params: ["i32"], results: [] },
  preimage: { params: ["i32", "i32", "i32", "i32"], results: ["i32"] },
  inbox: { params: ["i32", "i64", "i32"], results: ["i32"] },
  hint: { params: ["i32", "i32", "i32"], results: [] },
};
const HOST_MODULE = "solvent";
const PAGE = 65_536;
const SECTION_NAMES = [
  "custom",
  "type",
  "import",
  "function",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "element",
  "code",
  "data",
  "data count",
  "tag",
];

/**
 * Parses a module of the accepted subset.
 * @param isPartial - keep what can be used of a module with types, imports, tables or globals outside the subset.
 * @throws MalformedModule for bytes that are no valid module, RefusedModule for what is outside the subset.
 */
export function parseModule(bytes: Uint8Array, isPartial = false): Module {
  requireValid(bytes);
  const module: Module = {
    bytes,
    types: [],
    imports: [],
    functions: [],
    memoryPages: 0,
    hasMemory: false,
    globals: [],
    exports: [],
    bodies: [],
    data: [],
    names: new Map(),
    refusedFunctions: new Map(),
    refusedGlobals: new Map(),
    isPartial,
  };
  const reader = new Reader(bytes, 8);
  while (!reader.atEnd) {
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    parseSection(module, id, section);
  }
  checkData(module);
  return module;
}

/** V8 is the judge of validity, so that nothing invalid is ever flattened; its message tells the offset. */
function requireValid(bytes: Uint8Array): void {
  if (WebAssembly.validate(bytes)) return;
  let reason = "invalid";
  try {
    new WebAssembly.Module(bytes);
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  const offset = /@\+(\d+)/.exec(reason);
  throw new MalformedModule(
    reason.replace(/^WebAssembly\.Module\(\): /, "").replace(/ @\+\d+$/, ""),
    offset === null ? -1 : Number(offset[1]),
  );
}

function parseSection(module: Module, id: number, section: Reader): void {
  const start = section.offset;
  switch (id) {
    case 0:
      return parseCustom(module, section);
    case 1:
      return vector(section, () => void module.types.push(functionType(section, module.isPartial)));
    case 2:
      return vector(section, () => parseImport(module, section));
    case 3:
      return vector(section, () => addFunction(module, module.types[section.u32()]));
    case 5:
      return vector(section, () => parseMemory(module, section));
    case 6:
      return vector(section, () => parseGlobal(module, section));
    case 7:
      return vector(section, () => parseExport(module, section));
    case 10:
      return vector(section, () => {
        const body = section.slice(section.u32());
        module.bodies.push({ start: body.offset, end: body.end });
      });
    case 11:
      return vector(section, () => parseData(module, section));
    case 12:
      return;
    default:
      if ((id === 4 || id === 9) && (module.isPartial || section.u32() === 0)) return;
      throw new RefusedModule(`${SECTION_NAMES[id] ?? "unknown"} section`, start);
  }
}

function vector(section: Reader, element: () => void): void {
  const count = section.u32();
  for (let i = 0; i < count; i++) element();
}

/** A value type, or a refusal. */
export function valueType(reader: Reader): ValueType {
  const at = reader.offset;
  const byte = reader.byte();
  if (byte === 0x7f) return "i32";
  if (byte === 0x7e) return "i64";
  const names: Record<number, string> = { 0x7d: "f32", 0x7c: "f64", 0x7b: "v128", 0x70: "funcref", 0x6f: "externref" };
  throw new RefusedModule(`type ${names[byte] ?? `0x${byte.toString(16)}`}`, at);
}

/** A function type; in partial parsing one outside the subset is empty and carries its refusal. */
function functionType(section: Reader, isPartial: boolean): FunctionType {
  const at = section.offset;
  if (section.byte() !== 0x60) throw new RefusedModule("type that is not a function", at);
  let refusal: RefusedModule | undefined;
  const types = (): ValueType[] => {
    const list: ValueType[] = [];
    vector(section, () => {
      try {
        list.push(valueType(section));
      } catch (error) {
        if (!isPartial || !(error instanceof RefusedModule)) throw error;
        refusal = error;
      }
    });
    return list;
  };
  const params = types();
  const results = types();
  if (results.length > 1) refusal ??= new RefusedModule("multi-value", at);
  if (refusal === undefined) return { params, results };
  if (!isPartial) throw refusal;
  return { params: [], results: [], refusal };
}

function addFunction(module: Module, type: FunctionType): void {
  if (type.refusal !== undefined) module.refusedFunctions.set(module.functions.length, type.refusal);
  module.functions.push(type);
}

function parseImport(module: Module, section: Reader): void {
  const at = section.offset;
  const [from, name] = [section.name(), section.name()];
  const kind = section.byte();
  const refusal = new RefusedModule(`import ${from}.${name}`, at);
  if (kind === 0) return importFunction(module, module.types[section.u32()], from, name, refusal);
  if (!module.isPartial || kind === 2) throw refusal;
  if (kind === 1) {
    section.byte();
    const hasMaximum = section.byte() === 1;
    section.u32();
    if (hasMaximum) section.u32();
    return;
  }
  section.byte();
  section.byte();
  module.refusedGlobals.set(module.globals.length, refusal);
  module.globals.push({ type: "i32", isMutable: true, initial: 0n });
}

function importFunction(module: Module, type: FunctionType, from: string, name: string, refusal: RefusedModule): void {
  const wanted = from === HOST_MODULE && Object.hasOwn(HOST_CALLS, name) ? HOST_CALLS[name] : undefined;
  if (wanted === undefined) {
    if (!module.isPartial) throw refusal;
    module.refusedFunctions.set(module.functions.length, refusal);
  } else if (String(wanted.params) !== String(type.params) || String(wanted.results) !== String(type.results))
    throw new RefusedModule(`import ${from}.${name} of another type`, refusal.offset);
  module.imports.push(name);
  addFunction(module, type);
}

function parseMemory(module: Module, section: Reader): void {
  const at = section.offset;
  const flags = section.byte();
  if (module.hasMemory) throw new RefusedModule("second memory", at);
  if (flags > 1) throw new RefusedModule("shared or 64-bit memory", at);
  module.hasMemory = true;
  module.memoryPages = section.u32();
  if (flags === 1) section.u32();
}

function parseGlobal(module: Module, section: Reader): void {
  const at = section.offset;
  try {
    const type = valueType(section);
    const isMutable = section.byte() === 1;
    module.globals.push({ type, isMutable, initial: constant(section) });
  } catch (error) {
    if (!module.isPartial || !(error instanceof RefusedModule)) throw error;
    section.offset = at + 2;
    skipConstant(section);
    module.refusedGlobals.set(module.globals.length, error);
    module.globals.push({ type: "i32", isMutable: true, initial: 0n });
  }
}

/** Skips a constant expression outside the subset. */
function skipConstant(section: Reader): void {
  for (let op = section.byte(); op !== 0x0b; op = section.byte()) {
    if (op === 0x41) section.i32();
    else if (op === 0x42) section.i64();
    else if (op === 0x43) section.take(4);
    else if (op === 0x44) section.take(8);
    else if (op === 0x23 || op === 0xd2) section.u32();
    else if (op === 0xd0) section.byte();
    else throw new RefusedModule(`constant expression with 0x${op.toString(16)}`, section.offset - 1);
  }
}

/** A constant expression of one constant, as the 64 bits of a slot. */
function constant(section: Reader): bigint {
  const at = section.offset;
  const op = section.byte();
  if (op !== 0x41 && op !== 0x42) throw new RefusedModule("constant expression that is not one constant", at);
  const value = op === 0x41 ? BigInt.asUintN(32, section.i32()) : BigInt.asUintN(64, section.i64());
  if (section.byte() !== 0x0b) throw new RefusedModule("constant expression that is not one constant", at);
  return value;
}

function parseExport(module: Module, section: Reader): void {
  const name = section.name();
  const kind = section.byte();
  const index = section.u32();
  if (kind === 0) module.exports.push({ name, index });
}

function parseData(module: Module, section: Reader): void {
  const offset = section.offset;
  const mode = section.u32();
  if (mode === 1) {
    if (!module.isPartial) throw new RefusedModule("passive data segment", offset);
    section.take(section.u32());
    return;
  }
  if (mode === 2) section.u32();
  const address = Number(constant(section));
  module.data.push({ address, bytes: section.take(section.u32()), offset });
}

function checkData(module: Module): void {
  for (const { address, bytes, offset } of module.data)
    if (address + bytes.length > module.memoryPages * PAGE)
      throw new RefusedModule("data segment outside the memory", offset);
}

function parseCustom(module: Module, section: Reader): void {
  if (section.name() !== "name") return;
  try {
    while (!section.atEnd) {
      const id = section.byte();
      const part = section.slice(section.u32());
      if (id === 1) vector(part, () => void module.names.set(part.u32(), part.name()));
    }
  } catch {
    // Source: core specification, appendix 7.4: a malformed name section does not make a module invalid.
  }
}
