import type { L1Message } from "../l1/types";
import type { L1View } from "../l1/view";
import { depositFrom, depositSourceHash, fromHex, keccak256, toHex } from "../../protocol";
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

/** Hash of the deposit transaction that this message becomes under a source hash. */
export function depositHash(message: L1Message, sourceHash: Hex): Hex {
  const { mint, value, gasLimit, data } = message;
  const fields = { mint: BigInt(mint), value: BigInt(value), gasLimit: BigInt(gasLimit), data: fromHex(data) };
  return toHex(keccak256(depositFrom(sourceHash, { ...message, ...fields })));
}
