import { answerPrecompile, precompileKey } from "../../node/precompiles";
import { keccak256, toHex } from "../../protocol";
import { PreimageMissing } from "../../vm/errors";
import { HintKind, InboxKind, PreimageKind, type Host } from "../../vm/host";
import type { RunWitness } from "./recording";

const OFFERS: readonly number[] = [HintKind.trieNode, HintKind.code, HintKind.header];

/** Answers the proof VM's host calls from a recorded run. Keeps precompile requests, which a proof of such a step needs. */
export class RunHost implements Host {
  private readonly preimages = new Map<string, Uint8Array>();
  private readonly requests = new Map<string, Uint8Array>();
  private readonly answers = new Map<string, Uint8Array>();
  /** What the run offered of preimages (nodes, codes, headers), kept where asked for. */
  readonly offered: Uint8Array[] = [];
  keepsOffers = false;
  private readonly inboxItems: Record<number, Map<bigint, Uint8Array>>;

  constructor(witness: RunWitness) {
    for (const data of witness.preimages) this.preimages.set(toHex(keccak256(data)), data);
    for (const [key, data] of witness.answers) this.answers.set(toHex(key), data);
    for (const [key, data] of witness.substituted) {
      this.preimages.set(toHex(key), data);
      this.answers.set(toHex(key), data);
    }
    this.inboxItems = {
      [InboxKind.batch]: new Map(witness.batchRecords),
      [InboxKind.delayedMessage]: new Map(witness.messageHashes),
    };
  }

  preimage(kind: number, key: Uint8Array): Uint8Array {
    const name = toHex(key);
    const data = kind === PreimageKind.keccak ? this.preimages.get(name) : this.answer(name);
    if (data === undefined) throw new PreimageMissing(kind, key);
    return data;
  }

  inbox(kind: number, index: bigint): Uint8Array | null {
    return this.inboxItems[kind]?.get(index) ?? null;
  }

  hint(kind: number, data: Uint8Array): void {
    if (this.keepsOffers && OFFERS.includes(kind)) this.offered.push(data.slice());
    if (kind !== HintKind.precompileRequest) return;
    const key = toHex(precompileKey(data));
    if (!this.requests.has(key)) this.requests.set(key, data.slice());
  }

  /** The request behind a precompile key, or null. */
  request(key: Uint8Array): Uint8Array | null {
    return this.requests.get(toHex(key)) ?? null;
  }

  private answer(key: string): Uint8Array | undefined {
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const request = this.requests.get(key);
    if (request === undefined) return undefined;
    const answer = answerPrecompile(request);
    this.answers.set(key, answer);
    return answer;
  }
}
