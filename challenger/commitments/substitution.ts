import type { OutputPreimage } from "../../games/types";
import type { Hex } from "../../protocol/types";

/** Bytes in the machine's memory after `step` steps that are not the program's own. */
export interface MemoryPatch {
  step: bigint;
  address: number;
  bytes: Uint8Array;
}

/** What is replaced of one run; all else follows from it by the program's own rules. The honest party replaces nothing. */
export interface Substitution {
  /** Names the substitution: equal names are equal. */
  id: string;
  /** Data behind keys of preimages and of precompile answers, in place of the true data. */
  answers?: [key: Uint8Array, data: Uint8Array][];
  batchRecords?: [index: bigint, record: Uint8Array][];
  messageHashes?: [index: bigint, hash: Uint8Array][];
  /** Bytes written to the machine's memory. */
  patches?: MemoryPatch[];
  /** Where the run ends, if the program itself cannot tell: with patches. */
  end?: RunEnd;
}

/** Where one run ends. */
export interface RunEnd {
  outputRoot: Hex;
  /** What that root is made of. */
  output: OutputPreimage;
}
