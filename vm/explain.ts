import { describeInstruction } from "./describe";
import { functionAt } from "./functionAt";
import { locate, type SourceMap, type SourcePlace } from "./sourceMap";
import type { Program } from "./types";

/** A line of a source file; `line` counts from 1. */
export interface SourceLine {
  line: number;
  text: string;
}

/** Where an instruction comes from, for people. */
export interface StepPlace {
  pc: number;
  /** The flat instruction in words, with those before and behind it. */
  flat: { pc: number; text: string }[];
  /** Offset and bytes in the module, up to the next instruction's. */
  wasmOffset: number;
  wasmBytes: Uint8Array;
  function: string | null;
  place: SourcePlace | null;
  /** The source line with its neighbours; empty where no source is known. */
  source: SourceLine[];
}

const NEIGHBOURS = 3;

/**
 * The instruction at `pc` with what it was made from: function, wasm, source line and neighbours.
 * @param map - Of the module; null where none was built.
 */
export function explainPc(program: Program, wasm: Uint8Array, map: SourceMap | null, pc: number): StepPlace {
  const { wasmOffsets } = program;
  const owner = functionAt(program, pc);
  const flat: StepPlace["flat"] = [];
  const [first, last] = owner === undefined ? [pc, pc + 1] : [owner.startPc, owner.endPc];
  for (let at = Math.max(first, pc - NEIGHBOURS); at < Math.min(last, pc + NEIGHBOURS + 1); at++)
    flat.push({ pc: at, text: describeInstruction(program, at) });
  const wasmOffset = wasmOffsets[pc] ?? 0;
  const next = owner === undefined ? wasmOffset : endOfInstruction(program, pc, owner.endPc);
  const place = map === null ? null : locate(program, map, pc);
  const lines = place === null || map === null ? undefined : map.sources[map.files.indexOf(place.file)];
  const source: SourceLine[] = [];
  if (place !== null && lines !== undefined)
    for (
      let line = Math.max(1, place.line - NEIGHBOURS);
      line <= Math.min(lines.length, place.line + NEIGHBOURS);
      line++
    )
      source.push({ line, text: lines[line - 1] });
  return {
    pc,
    flat,
    wasmOffset,
    wasmBytes: wasm.slice(wasmOffset, next),
    function: owner?.name ?? null,
    place,
    source,
  };
}

/** Offset of the next instruction that was made from other bytes; at most eight bytes on. */
function endOfInstruction({ wasmOffsets }: Program, pc: number, endPc: number): number {
  const from = wasmOffsets[pc];
  for (let at = pc + 1; at < endPc; at++) if (wasmOffsets[at] > from) return Math.min(wasmOffsets[at], from + 8);
  return from + 1;
}
