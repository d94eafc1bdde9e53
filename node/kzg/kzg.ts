import { createHash } from "node:crypto";
import { SolventError } from "../../protocol/errors";
import { concatBytes, fromHex, toHex } from "../../protocol";
import type { Hex } from "../../protocol/types";

/** What is used of the native library, which brings Ethereum's trusted setup along. */
interface Library {
  blobToKzgCommitment(blob: Uint8Array): Uint8Array;
  asyncBlobToKzgCommitment(blob: Uint8Array): Promise<Uint8Array>;
  computeKzgProof(blob: Uint8Array, point: Uint8Array): [proof: Uint8Array, value: Uint8Array];
  verifyKzgProof(commitment: Uint8Array, point: Uint8Array, value: Uint8Array, proof: Uint8Array): boolean;
  asyncComputeCellsAndKzgProofs(blob: Uint8Array): Promise<{ proofs: Uint8Array[] }>;
}
interface LibraryModule {
  DasContextJs: { create(options: { usePrecomp: boolean }): Library };
}

/** Order of the field; Source: EIP-4844. */
const MODULUS = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
/** 7^((MODULUS - 1) / 4096). */
const ROOT_OF_UNITY = 0x564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306n;
const INDEX_BITS = 12;
const VERSION = 1;

/** The library that chooses a binary, where somebody has installed it; else the binary that comes along where it fits. */
const LIBRARIES = ["@crate-crypto/node-eth-kzg", "@crate-crypto/node-eth-kzg-linux-x64-gnu"];

/** Null where none is installed for this machine; undefined until it has been looked for. */
let opened: Library | null | undefined;

/** Opened when it is first asked for: that takes seconds, and most processes see no blob. */
function findLibrary(): Library | null {
  for (const name of LIBRARIES)
    try {
      const { DasContextJs } = require(name) as LibraryModule;
      return DasContextJs.create({ usePrecomp: false });
    } catch (error) {
      if ((error as { code?: string }).code !== "MODULE_NOT_FOUND") throw error;
    }
  return null;
}

function library(): Library {
  if (opened === undefined) opened = findLibrary();
  if (opened !== null) return opened;
  throw new SolventError(
    "kzg-missing",
    `no library for commitments to blobs is installed for ${process.platform} ${process.arch}: run "npm install --no-save ${LIBRARIES[0]}", which has binaries for most platforms`,
  );
}

/** Commitment to a blob's polynomial, 48 bytes. @throws where an element is not below the field's order. */
export function commitToBlob(blob: Uint8Array): Uint8Array {
  return library().blobToKzgCommitment(blob);
}

/** What travels with a blob to L1's pool: its commitment, and the proofs of its 128 cells in a row. Source: EIP-7594. */
export async function sidecarOf(blob: Uint8Array): Promise<{ commitment: Hex; proof: Hex }> {
  const [commitment, { proofs }] = await Promise.all([
    library().asyncBlobToKzgCommitment(blob),
    library().asyncComputeCellsAndKzgProofs(blob),
  ]);
  return { commitment: toHex(commitment), proof: toHex(concatBytes(...proofs)) };
}

/** The hash that L1 knows a blob by: of its commitment, with a version in the first byte. Source: EIP-4844. */
export function versionedHashOf(commitment: Uint8Array): Hex {
  const hash = createHash("sha256").update(commitment).digest();
  hash[0] = VERSION;
  return toHex(hash);
}

/**
 * What L1 is shown of a blob, but for the element: commitment (48 bytes) and proof (48) that element `index` is what it is.
 * @see docs/spec/05-machine-proofs.md#host-data. Twin of contracts/vm/BlobElements.sol.
 */
export function openElement(blob: Uint8Array, index: number): Uint8Array {
  const point = fromHex(`0x${pointOf(index).toString(16).padStart(64, "0")}`);
  return concatBytes(commitToBlob(blob), library().computeKzgProof(blob, point)[0]);
}

/**
 * Whether a commitment's polynomial takes a value at a point, in a quarter of the time that WebAssembly needs.
 * @param commitment - compressed, and `proof` too: points that have been checked. @param point - below the field's order, as is `value`.
 * @returns null where no library is installed.
 */
export function isOpening(
  commitment: Uint8Array,
  point: Uint8Array,
  value: Uint8Array,
  proof: Uint8Array,
): boolean | null {
  if (opened === undefined) opened = findLibrary();
  return opened?.verifyKzgProof(commitment, point, value, proof) ?? null;
}

/** Where a blob's polynomial takes the value that is element `index`: the root of unity of the exponent that is `index` in reversed bits. */
export function pointOf(index: number): bigint {
  let point = 1n;
  let power = ROOT_OF_UNITY;
  for (let bit = INDEX_BITS - 1; bit >= 0; bit--) {
    if (((index >> bit) & 1) === 1) point = (point * power) % MODULUS;
    power = (power * power) % MODULUS;
  }
  return point;
}
