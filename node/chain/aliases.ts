import type { L1Message } from "../l1/types";
import type { L1View } from "../l1/view";
import {
  DEPOSIT_TYPE,
  concatBytes,
  depositSourceHash,
  encodeRlp,
  fromHex,
  keccak256,
  rlpInteger,
  toHex,
} from "../../protocol";
import type { Hex } from "../../protocol/types";

/**
 * Hashes that viem's op-stack actions predict for deposits, from the hash of the L1 block and the index of the log. Built from the
 * L1 view alone: an alias comes with its L1 block and goes with it.
 */
export class AliasIndex {
  private readonly known: { message: L1Message; alias: Hex | null }[] = [];
  private readonly canonical = new Map<Hex, Hex>();

  constructor(
    private readonly view: L1View,
    private readonly inbox: Hex,
  ) {}

  /** The canonical hash behind an alias. */
  resolve(hash: Hex): Hex | undefined {
    this.refresh();
    return this.canonical.get(hash);
  }

  private refresh(): void {
    const { known, view } = this;
    while (known.length > 0 && view.message(known.length - 1) !== known.at(-1)!.message) {
      const { alias } = known.pop()!;
      if (alias !== null) this.canonical.delete(alias);
    }
    for (let i = known.length; i < view.delayedCount; i++) {
      const message = view.message(i)!;
      const alias = message.aliasSource === undefined ? null : depositHash(message, message.aliasSource);
      if (alias !== null) this.canonical.set(alias, depositHash(message, depositSourceHash(this.inbox, BigInt(i))));
      known.push({ message, alias });
    }
  }
}

/** Hash of the deposit transaction that this message becomes under a source hash. Source: docs/spec/01-interfaces.md#deposits. */
export function depositHash(message: L1Message, sourceHash: Hex): Hex {
  const fields = [
    fromHex(sourceHash),
    fromHex(message.sender),
    message.isCreation ? new Uint8Array(0) : fromHex(message.to),
    rlpInteger(BigInt(message.mint)),
    rlpInteger(BigInt(message.value)),
    rlpInteger(BigInt(message.gasLimit)),
    rlpInteger(0),
    fromHex(message.data),
  ];
  return toHex(keccak256(concatBytes(Uint8Array.of(DEPOSIT_TYPE), encodeRlp(fields))));
}
