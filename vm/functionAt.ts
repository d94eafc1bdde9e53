import type { FunctionRange, Program } from "./types";

/** The function in which an instruction stands; undefined for stubs and behind the code. */
export function functionAt({ functions }: Program, pc: number): FunctionRange | undefined {
  let low = 0;
  let high = functions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (functions[middle].endPc <= pc) low = middle + 1;
    else high = middle;
  }
  return low < functions.length && functions[low].startPc <= pc ? functions[low] : undefined;
}
