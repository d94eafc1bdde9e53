import { keccak256, toHex } from "../../../protocol";
import { quantity } from "../../../protocol/quantity";
import type { AccountState, TouchedAccounts } from "../../engine/types";
import { bytesToHex } from "./hex";

/** geth's names. */
export interface PrestateOptions {
  diffMode: boolean;
  disableCode: boolean;
  disableStorage: boolean;
  includeEmpty: boolean;
}

type Shown = Record<string, Record<string, unknown>>;

const ZERO = `0x${"00".repeat(32)}`;

/**
 * Touched accounts as geth's prestateTracer shows them: all before the transaction, or in diff mode those that changed, before (`pre`) and
 * after (`post`, changed fields only). Made contracts, which were nothing before, are left out before.
 */
export function formatPrestate(
  accounts: TouchedAccounts,
  options: PrestateOptions,
): Shown | { pre: Shown; post: Shown } {
  const created = new Set(accounts.created);
  const isShown = (account: AccountState): boolean =>
    options.includeEmpty || !created.has(account.address) || !isEmpty(account);
  if (!options.diffMode)
    return Object.fromEntries(
      accounts.before.filter(isShown).map((account) => [account.address, formatAccount(account, options)]),
    );
  const destructed = new Set(accounts.destructed);
  const pre: Shown = {};
  const post: Shown = {};
  accounts.before.forEach((before, i) => {
    if (destructed.has(before.address)) {
      if (isShown(before)) pre[before.address] = formatAccount(before, options);
      return;
    }
    const after = accounts.after[i];
    const changes = changesOf(before, after, options);
    if (changes === null) return;
    post[before.address] = changes;
    const slots = Object.entries(before.storage).filter(
      ([slot, value]) => value !== ZERO && isOther(after, slot, value),
    );
    if (isShown(before))
      pre[before.address] = formatAccount({ ...before, storage: Object.fromEntries(slots) }, options);
  });
  return { pre, post };
}

function formatAccount(
  { balance, nonce, code, storage }: AccountState,
  { disableCode, disableStorage }: PrestateOptions,
): Record<string, unknown> {
  const hasStorage = !disableStorage && Object.keys(storage).length > 0;
  return {
    balance: quantity(balance),
    ...(code.length === 0 || disableCode ? {} : { code: bytesToHex(code) }),
    ...(code.length === 0 ? {} : { codeHash: toHex(keccak256(code)) }),
    ...(nonce === 0n ? {} : { nonce: Number(nonce) }),
    ...(hasStorage ? { storage } : {}),
  };
}

/** Changed fields; null where there are none. */
function changesOf(
  before: AccountState,
  after: AccountState,
  { disableCode, disableStorage }: PrestateOptions,
): Record<string, unknown> | null {
  const slots = disableStorage
    ? []
    : Object.entries(after.storage).filter(([slot, value]) => isOther(before, slot, value));
  const isSameCode = bytesToHex(before.code) === bytesToHex(after.code);
  if (before.balance === after.balance && before.nonce === after.nonce && isSameCode && slots.length === 0) return null;
  const filled = slots.filter(([, value]) => value !== ZERO);
  return {
    ...(before.balance === after.balance ? {} : { balance: quantity(after.balance) }),
    ...(isSameCode || disableCode ? {} : { code: bytesToHex(after.code) }),
    ...(isSameCode ? {} : { codeHash: toHex(keccak256(after.code)) }),
    ...(before.nonce === after.nonce ? {} : { nonce: Number(after.nonce) }),
    ...(filled.length === 0 ? {} : { storage: Object.fromEntries(filled) }),
  };
}

function isOther({ storage }: AccountState, slot: string, value: string): boolean {
  return storage[slot as keyof typeof storage] !== value;
}

function isEmpty({ balance, nonce, code }: AccountState): boolean {
  return balance === 0n && nonce === 0n && code.length === 0;
}
