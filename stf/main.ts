/*
 * stf.wasm: from the output root after one block to that after the next. Source: docs/spec/02-program.md.
 */
import { OUTPUT_ROOT } from "./block/block";
import { openParent } from "./block/child";
import { deriveBlock } from "./block/derive";
import { input, output } from "./host";

const root = memory.data(32, 32);

/** Runs once; an idle run gives back its input. Ends in the host call `output`. */
export function run(): void {
  input(root);
  openParent(root);
  output(deriveBlock() ? OUTPUT_ROOT : root);
}
