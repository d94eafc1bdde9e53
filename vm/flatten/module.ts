import { MalformedModule, RefusedModule } from "../errors";
import type { ValueType } from "../types";
import { Reader } from "./reader";

export type FunctionType = { params: ValueType[]; results: ValueType[] };
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
  globals: GlobalDefinition[];
  exports: { name: string; index: number }[];
  bodies: Body[];
  data: DataSegment[];
  /** From the name section; may be incomplete. */
  names: Map<number, string>;
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
 * @throws MalformedModule for bytes that are no valid module, RefusedModule for what is outside the subset.
 */
export function parseModule(bytes: Uint8Array): Module {
  requireValid(bytes);
  const module: Module = {
    bytes,
    types: [],
    imports: [],
    functions: [],
    memoryPages: 0,
    globals: [],
    exports: [],
    bodies: [],
    data: [],
    names: new Map(),
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
      return vector(section, () => void module.types.push(functionType(section)));
    case 2:
      return vector(section, () => parseImport(module, section));
    case 3:
      return vector(section, () => void module.functions.push(module.types[section.u32()]));
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
      if ((id === 4 || id === 9) && section.u32() === 0) return;
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

function functionType(section: Reader): FunctionType {
  const at = section.offset;
  if (section.byte() !== 0x60) throw new RefusedModule("type that is not a function", at);
  const params: ValueType[] = [];
  const results: ValueType[] = [];
  vector(section, () => void params.push(valueType(section)));
  vector(section, () => void results.push(valueType(section)));
  if (results.length > 1) throw new RefusedModule("multi-value", at);
  return { params, results };
}

function parseImport(module: Module, section: Reader): void {
  const at = section.offset;
  const [from, name] = [section.name(), section.name()];
  const kind = section.byte();
  if (kind !== 0) throw new RefusedModule(`import ${from}.${name}`, at);
  const type = module.types[section.u32()];
  const wanted = from === HOST_MODULE && Object.hasOwn(HOST_CALLS, name) ? HOST_CALLS[name] : undefined;
  if (wanted === undefined) throw new RefusedModule(`import ${from}.${name}`, at);
  if (String(wanted.params) !== String(type.params) || String(wanted.results) !== String(type.results))
    throw new RefusedModule(`import ${from}.${name} of another type`, at);
  module.imports.push(name);
  module.functions.push(type);
}

function parseMemory(module: Module, section: Reader): void {
  const at = section.offset;
  const flags = section.byte();
  if (flags > 1) throw new RefusedModule("shared or 64-bit memory", at);
  module.memoryPages = section.u32();
  if (flags === 1) section.u32();
}

function parseGlobal(module: Module, section: Reader): void {
  const type = valueType(section);
  const isMutable = section.byte() === 1;
  module.globals.push({ type, isMutable, initial: constant(section) });
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
  if (mode === 1) throw new RefusedModule("passive data segment", offset);
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
