import { expect } from "chai";
import { toHex } from "../../vm/commit/bytes";
import { commit } from "../../vm/commit/commit";
import { flatten } from "../../vm/flatten";
import { emptyHost } from "../../vm/host";
import { createMachine } from "../../vm/machine";
import type { Machine, Program } from "../../vm/types";
import { compileProgram } from "./support/compile";
import { Random } from "./support/random";

const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const VISITS = process.env.SOLVENT_FULL ? 1500 : 50;
const PLACES = 24;
/** Enough for the program to write most of its megabyte between two places. */
const STRIDE = 800_000;

describe("machine: checkpoints", function () {
  this.timeout(300_000);
  let program: Program;
  const create = (): Machine =>
    createMachine(program, {
      input: new Uint8Array(32).fill(1),
      inboxLimit: { batchCount: 0n, delayedCount: 0n },
      host: emptyHost,
    });

  before(async () => {
    program = flatten(await compileProgram("sponge", 33));
  });

  it(`go anywhere and back at random, thinned out many times, and give the state that was there (seed ${SEED})`, () => {
    const walker = create();
    const hashes = Array.from({ length: PLACES }, (_, i) => {
      walker.run(BigInt(i * STRIDE));
      return toHex(commit(walker));
    });
    const random = new Random(SEED);
    const machine = create();
    for (let visit = 0; visit < VISITS; visit++) {
      const place = random.below(PLACES);
      machine.run(BigInt(place * STRIDE));
      expect(toHex(commit(machine)), `visit ${visit} of place ${place}`).to.equal(hashes[place]);
      if (random.below(2) === 0) machine.checkpoint();
      if (random.below(8) === 0) {
        // off the places: a checkpoint between two others
        machine.run(BigInt(place * STRIDE + random.below(STRIDE)));
        machine.checkpoint();
      }
    }
  });
});
