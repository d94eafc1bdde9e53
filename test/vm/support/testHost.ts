import { concatBytes, toHex, word } from "../../../vm/commit/bytes";
import { keccak256, tag } from "../../../vm/commit/hasher";
import { PreimageMissing } from "../../../vm/errors";
import { PreimageKind, type Host } from "../../../vm/host";

/** A host over maps, and the requests behind its precompile keys. */
export class TestHost implements Host {
  private readonly data = new Map<string, Uint8Array>();
  private readonly requests = new Map<string, Uint8Array>();
  hints: { kind: number; data: Uint8Array }[] = [];

  constructor(private readonly inboxRecord: (kind: number, index: bigint) => Uint8Array | null = () => null) {}

  /** Files bytes under their keccak; returns the key. */
  addKeccak(data: Uint8Array): Uint8Array {
    const key = keccak256(data);
    this.data.set(`${PreimageKind.keccak}${toHex(key)}`, data);
    return key;
  }

  /** Files an answer (status byte and output) under the key of its request; returns the key. */
  addPrecompile(address: number, gas: number | bigint, input: Uint8Array, answer: Uint8Array): Uint8Array {
    const request = concatBytes([tag("precompile"), word(address), word(gas), input]);
    const key = keccak256(request);
    this.data.set(`${PreimageKind.precompile}${toHex(key)}`, answer);
    this.requests.set(toHex(key), request);
    return key;
  }

  /** Files a blob under its versioned hash; returns that. */
  addBlob(blob: Uint8Array, versionedHash: Uint8Array): Uint8Array {
    this.data.set(`${PreimageKind.blob}${toHex(versionedHash)}`, blob);
    return versionedHash;
  }

  /** For `prove`. */
  request = (key: Uint8Array): Uint8Array | null => this.requests.get(toHex(key)) ?? null;

  preimage(kind: number, key: Uint8Array): Uint8Array {
    const data = this.data.get(`${kind}${toHex(key)}`);
    if (data === undefined) throw new PreimageMissing(kind, key);
    return data;
  }

  inbox(kind: number, index: bigint): Uint8Array | null {
    return this.inboxRecord(kind, index);
  }

  hint(kind: number, data: Uint8Array): void {
    this.hints.push({ kind, data });
  }
}
