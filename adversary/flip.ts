import { createHash } from "node:crypto";
import { keccak256, toHex } from "../protocol";
import { Status, type Machine } from "../vm/types";
import type { MachineSpec } from "../challenger/commitments/jobs";
import type { MemoryPatch } from "../challenger/commitments/substitution";
import type { RunHost } from "../challenger/commitments/runHost";

/** A bit of memory to flip at a random step, so that the run still ends well, but elsewhere. */
export interface FlipJob {
  kind: "flip";
  machine: MachineSpec;
  seed: number;
  attempts: number;
}

export type FlipResult = {
  patch: MemoryPatch;
  /** Output root that the flipped run ends with. */
  output: Uint8Array;
  /** What it offered on its way: nodes, codes, headers. */
  offered: Uint8Array[];
} | null;

type OpenMachine = (spec: MachineSpec) => { machine: Machine; host: RunHost };

/**
 * Looks for a fault of one bit: at a random step one bit of what was just written is flipped. Most such runs trap, want data that
 * nobody has, or end as before; the first that halts with another output root, whose parts are known, is taken. For adversaries.
 * @returns null where no attempt did.
 */
export function findFlip({ machine: spec, seed, attempts }: FlipJob, open: OpenMachine): FlipResult {
  const random = randomOf(seed);
  const { machine: honest } = open(spec);
  honest.run(1n << 60n);
  const [steps, output] = [honest.steps, toHex(honest.registers().output)];
  for (let attempt = 0; attempt < attempts; attempt++) {
    honest.run(random() % (steps - 1n));
    const written = honest.trace().writes[0];
    if (written === undefined) continue;
    honest.step();
    const bytes = honest.read(written.address, written.bytes.length);
    const bit = Number(random() % BigInt(8 * bytes.length));
    bytes[bit >> 3] ^= 1 << (bit & 7);
    const patch = { step: honest.steps, address: written.address, bytes };
    const found = tryPatch({ ...spec, patches: [patch] }, open);
    if (found !== null && toHex(found.output) !== output) {
      honest.dispose();
      return { patch, ...found };
    }
  }
  honest.dispose();
  return null;
}

/** Runs to the end. @returns null where that is no output root whose parts are known. */
function tryPatch(spec: MachineSpec, open: OpenMachine): { output: Uint8Array; offered: Uint8Array[] } | null {
  const { machine, host } = open(spec);
  try {
    host.keepsOffers = true;
    machine.run(1n << 36n);
    if (machine.status !== Status.halted) return null;
    const { output } = machine.registers();
    const offered = new Map(host.offered.map((data) => [toHex(keccak256(data)), data]));
    const preimage = offered.get(toHex(output));
    const header = preimage && offered.get(toHex(preimage.subarray(96, 128)));
    return header === undefined ? null : { output, offered: [...offered.values()] };
  } catch {
    return null; // it asked for data that nobody has
  } finally {
    machine.dispose();
  }
}

/** Numbers below 2^64 from a seed. */
function randomOf(seed: number): () => bigint {
  let count = 0;
  return () => createHash("sha256").update(`${seed}/${count++}`).digest().readBigUInt64LE();
}
