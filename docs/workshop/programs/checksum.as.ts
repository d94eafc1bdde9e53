// A program of one's own in AssemblyScript: mixes its 32 bytes of input a thousand times and gives 32 bytes back.
//   npx asc docs/workshop/programs/checksum.as.ts -o checksum.wasm --sourceMap --runtime stub -O --use abort= \
//     --initialMemory 1 --maximumMemory 1
//   npm run solvent -- prove checksum.wasm --input 0x2a

import { input, output } from "../../../stf/solvent";

const INPUT: usize = 1024;
const OUTPUT: usize = 2048;

export function run(): void {
  input(INPUT);
  let mixed: u64 = load<u64>(INPUT + 24);
  for (let round: u32 = 0; round < 1000; round++) {
    mixed ^= mixed << 13;
    mixed ^= mixed >>> 7;
    mixed += round;
    store<u64>(OUTPUT + ((round & 3) << 3), mixed);
  }
  output(OUTPUT);
}
