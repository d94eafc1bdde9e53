import { VmError } from "./errors";
import { functionAt } from "./functionAt";
import type { Program } from "./types";

/** A place in the source. `line` counts from 1; `text` is that line without its indentation, where the map holds the source. */
export type SourcePlace = { file: string; line: number; text?: string };

/** A decoded source map: one entry per stretch of the module, ascending by offset. Stretches without source have file -1. */
export type SourceMap = {
  files: readonly string[];
  /** Lines of each file, where the map holds them. */
  sources: readonly (readonly string[] | undefined)[];
  /** Byte offsets in the module where a stretch begins. */
  offsets: Uint32Array;
  /** Index of the file, by stretch. */
  fileOf: Int32Array;
  /** Line from 0 on, by stretch. */
  lineOf: Uint32Array;
};

/**
 * Decodes the JSON that asc writes beside a module (`--sourceMap`): version 3, one generated line whose columns are byte offsets.
 * @throws VmError `vm.bad-argument` for anything else.
 */
export function parseSourceMap(json: string): SourceMap {
  const map = parseJson(json);
  const offsets: number[] = [];
  const files: number[] = [];
  const lines: number[] = [];
  let [offset, file, line] = [0, 0, 0];
  for (const segment of map.mappings.split(",")) {
    if (segment === "") continue;
    const [columnDelta, fileDelta, lineDelta] = decodeVlq(segment);
    offset += columnDelta;
    const isMapped = fileDelta !== undefined && lineDelta !== undefined;
    if (isMapped) {
      file += fileDelta;
      line += lineDelta;
    }
    if (offset < 0 || line < 0 || file < 0 || (isMapped && file >= map.sources.length)) throw invalid("values");
    offsets.push(offset);
    files.push(isMapped ? file : -1);
    lines.push(line);
  }
  return {
    files: map.sources,
    sources: map.sources.map((_, i) => map.sourcesContent?.[i]?.split("\n")),
    offsets: Uint32Array.from(offsets),
    fileOf: Int32Array.from(files),
    lineOf: Uint32Array.from(lines),
  };
}

/**
 * Where in the source the instruction at `pc` comes from. The compiler leaves some instructions without a place (constants that
 * it moved); they get the nearest place known before them in their function, else the first behind.
 * @param map - of the module that the program was flattened from.
 * @returns null where no source is known: behind the code, in stubs, in functions that the compiler made by itself.
 */
export function locate(program: Program, map: SourceMap, pc: number): SourcePlace | null {
  const { wasmOffsets } = program;
  const owner = functionAt(program, pc);
  if (owner === undefined) return null;
  const own = stretchAt(map, wasmOffsets[pc]);
  const first = stretchAt(map, wasmOffsets[owner.startPc]);
  const last = stretchAt(map, wasmOffsets[owner.endPc - 1]);
  for (let stretch = own; stretch >= Math.max(first, 0); stretch--)
    if (map.fileOf[stretch] >= 0) return placeOf(map, stretch);
  for (let stretch = own + 1; stretch <= last; stretch++) if (map.fileOf[stretch] >= 0) return placeOf(map, stretch);
  return null;
}

/** Index of the last stretch that begins at or before a byte of the module; -1 if none does. */
function stretchAt({ offsets }: SourceMap, offset: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle] <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function placeOf({ files, sources, fileOf, lineOf }: SourceMap, stretch: number): SourcePlace {
  const file = fileOf[stretch];
  const line = lineOf[stretch];
  const place = { file: files[file], line: line + 1 };
  const text = sources[file]?.[line]?.trim();
  return text === undefined ? place : { ...place, text };
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DIGIT_VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

/** Numbers in base 64, least digit first: bit 5 says that more follow, the least bit of the whole is the sign. */
function decodeVlq(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let scale = 1;
  for (const character of segment) {
    const digit = DIGIT_VALUES.get(character);
    if (digit === undefined || scale > 2 ** 35) throw invalid(`mapping "${segment}"`);
    value += (digit & 31) * scale;
    if (digit >= 32) scale *= 32;
    else {
      const magnitude = Math.floor(value / 2);
      numbers.push(value % 2 === 1 ? -magnitude : magnitude);
      [value, scale] = [0, 1];
    }
  }
  if (scale !== 1) throw invalid(`mapping "${segment}" is cut off`);
  return numbers;
}

type RawMap = { version: number; sources: string[]; sourcesContent?: (string | null)[]; mappings: string };

function parseJson(json: string): RawMap {
  let map: Partial<RawMap> | null;
  try {
    map = JSON.parse(json) as Partial<RawMap> | null;
  } catch (cause) {
    throw new VmError("vm.bad-argument", "the source map is not JSON", { cause });
  }
  if (map?.version !== 3 || !Array.isArray(map.sources) || typeof map.mappings !== "string") throw invalid("fields");
  if (map.mappings.includes(";")) throw invalid("generated lines: a module has one");
  return map as RawMap;
}

const invalid = (what: string): VmError => new VmError("vm.bad-argument", `not a source map of a module: ${what}`);
