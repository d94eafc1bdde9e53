import { z } from "zod";
import type { Hex, NodeStore } from "../../../protocol/types";
import { EMPTY_CODE_HASH, encodeRlp, fromHex, keccak256, rlpInteger, toHex, word } from "../../../protocol";
import { buildTrie, encodeAccount } from "../../../node/state";

const hex = z.string().regex(/^0x[0-9a-fA-F]*$/);
export const accounts = z.record(
  z.string(),
  z.looseObject({ nonce: hex, balance: hex, code: hex, storage: z.record(hex, hex) }),
);
export type Accounts = z.infer<typeof accounts>;

/** Files a state given account by account, also empty accounts. @returns its root. */
export function putState(state: Accounts, nodes: NodeStore): Hex {
  const entries = Object.entries(state).map(([address, account]) => {
    const slots = Object.entries(account.storage)
      .filter(([, value]) => BigInt(value) !== 0n)
      .map(([slot, value]) => [keccak256(word(BigInt(slot))), encodeRlp(rlpInteger(BigInt(value)))] as const);
    const leaf = encodeAccount({
      nonce: BigInt(account.nonce),
      balance: BigInt(account.balance),
      storageRoot: buildTrie(slots, nodes),
      codeHash: putCode(fromHex(account.code), nodes),
    });
    return [keccak256(fromHex(address)), leaf] as const;
  });
  return buildTrie(entries, nodes);
}

function putCode(code: Uint8Array, nodes: NodeStore): Hex {
  if (code.length === 0) return EMPTY_CODE_HASH;
  const hash = keccak256(code);
  nodes.put(hash, code);
  return toHex(hash);
}
