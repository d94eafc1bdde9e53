import { PreimageKind } from "../host";
import { Op } from "../isa";
import { LEAF_BYTES, Status, type Machine, type StepTrace } from "../types";
import { concatBytes, word } from "../commit/bytes";
import { committerOf } from "../commit/commit";
import { keccak256, tag } from "../commit/hasher";
import { multiproof } from "../commit/multiproof";
import { codeTreeOf } from "../commit/program";
import { VmError } from "../errors";
import { namedLeaves, preimageOffset } from "./touchedLeaves";

/** Where the prover finds the request behind a precompile key: all that was hashed to it, tag included. */
export type RequestReader = (key: Uint8Array) => Uint8Array | null;
/** Commitment (48 bytes) and proof (48) that element `index` of a blob is what it is; the machine knows nothing of polynomials. */
export type BlobOpener = (blob: Uint8Array, index: number) => Uint8Array;

/** Bytes of a blob: 4,096 field elements. */
export const BLOB_BYTES = 131_072;
/** What L1 is shown of one: an element, commitment, proof. */
export const OPENING_BYTES = 128;

/**
 * The witness of the machine's next step: all that L1 needs to do that step on its own. The machine is left as it stands.
 * @param requests - Asked only for a `preimage` of kind precompile.
 * @param openBlob - Asked only for a `preimage` of kind blob.
 * @returns registers, code leaf and siblings, leaves, host data, siblings; one canonical encoding.
 * @throws what the machine's host throws when it has no data; {VmError} `vm.preimage-missing` when a request or an opening is not at hand.
 * @see docs/spec/05-machine-proofs.md#witness
 */
export function prove(
  machine: Machine,
  requests: RequestReader = () => null,
  openBlob: BlobOpener = noOpening,
): Uint8Array {
  const committer = committerOf(machine);
  const registers = machine.registers();
  const parts = [committer.registers()];
  if (registers.status !== Status.running) return parts[0];

  const trace = machine.trace();
  const code = codeTreeOf(machine.program);
  if (code.has(registers.pc)) {
    const { leaf, siblings } = code.proof(registers.pc);
    parts.push(leaf, ...siblings);
  }
  const named = namedLeaves(machine.program, registers, trace.instruction);
  const free = trace.leaves.filter((leaf) => !named.includes(leaf));
  parts.push(...[...named, ...free].map((leaf) => machine.readLeaf(leaf)));
  const offset = preimageOffset(registers, trace.instruction, (leaf) => machine.readLeaf(leaf));
  parts.push(hostData(trace, offset, requests, openBlob));
  parts.push(multiproof(committer.depth, [...free, ...named], (height, index) => committer.node(height, index)));
  return concatBytes(parts);
}

/** Length and bytes of what L1 is shown for a `preimage`; nothing for other steps. */
function hostData(trace: StepTrace, offset: number, requests: RequestReader, openBlob: BlobOpener): Uint8Array {
  const { hostCall, instruction } = trace;
  if (instruction.op !== Op.preimage || hostCall?.call !== "preimage") return new Uint8Array(0);
  const { kind, key, data } = hostCall;
  const shown =
    kind === PreimageKind.keccak
      ? data
      : kind === PreimageKind.precompile
        ? requestOf(key, requests)
        : openingOf(data, offset, openBlob);
  return concatBytes([word(shown.length), shown]);
}

/** Element, commitment and proof; nothing behind the blob's end, where every element is zero. */
function openingOf(blob: Uint8Array, offset: number, openBlob: BlobOpener): Uint8Array {
  if (blob.length !== BLOB_BYTES) throw new VmError("vm.bad-argument", `a blob of ${blob.length} bytes`);
  if (offset >= BLOB_BYTES) return new Uint8Array(0);
  return concatBytes([blob.subarray(offset, offset + LEAF_BYTES), openBlob(blob, offset / LEAF_BYTES)]);
}

function noOpening(): never {
  throw new VmError("vm.preimage-missing", "nobody here opens blobs");
}

/** Address, gas and input of a request, without its tag. */
function requestOf(key: Uint8Array, requests: RequestReader): Uint8Array {
  const request = requests(key);
  if (request === null || Buffer.compare(keccak256(request), key) !== 0)
    throw new VmError("vm.preimage-missing", `no precompile request for key 0x${Buffer.from(key).toString("hex")}`);
  if (Buffer.compare(request.subarray(0, 32), tag("precompile")) !== 0)
    throw new VmError("vm.bad-argument", "a precompile request without its tag");
  return request.subarray(32);
}
