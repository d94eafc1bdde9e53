import { quantity } from "../../../protocol/quantity";
import type { ChainReader } from "../../chain/types";
import type { Hex } from "../../../protocol/types";
import type { StateReader } from "../../state/types";
import type { RpcMethods } from "../dispatch";
import { invalidArgument, RPC_CODES, RpcError } from "../errors";
import { bytesToHex, word } from "../format/hex";
import { parseFixed, parseSlot, type Params } from "../params";

const EMPTY_ROOT: Hex = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
const MAX_SLOTS = 1024;

/** Opens the state under a root for reading. */
export type OpenState = (stateRoot: Hex) => StateReader;

/** Accounts and storage at any block. */
export function stateMethods(chain: ChainReader, openState: OpenState): RpcMethods {
  const at = (params: Params, blockIndex: number): StateReader =>
    openState(params.block(blockIndex, chain).header.stateRoot);
  return {
    eth_getBalance: (params) => quantity(at(params, 1).account(params.address(0))?.balance ?? 0n),
    eth_getTransactionCount: (params) => {
      const mined = at(params, 1).account(params.address(0))?.nonce ?? 0n;
      const pooled = params.isPending(1) ? chain.pool?.nextNonce(params.address(0)) : undefined;
      return quantity(pooled !== undefined && pooled > mined ? pooled : mined);
    },
    eth_getCode: (params) => bytesToHex(at(params, 1).code(params.address(0))),
    eth_getStorageAt: (params) => {
      const slot = params.slot(1);
      return word(at(params, 2).storage(params.address(0), BigInt(slot)));
    },
    eth_getStorageValues: (params) => {
      const asked = Object.entries(params.object(0));
      requireSlots(asked);
      const state = at(params, 1);
      return Object.fromEntries(asked.map(([address, slots]) => [address, storageValues(state, address, slots)]));
    },
    eth_getProof: (params) => proof(at(params, 2), params),
  };
}

function requireSlots(asked: [string, unknown][]): void {
  let total = 0;
  for (const [, slots] of asked) {
    if (!Array.isArray(slots)) throw invalidArgument(0, "expected a list of slots");
    total += slots.length;
  }
  if (total > MAX_SLOTS) throw new RpcError(RPC_CODES.clientLimitExceeded, `too many slots (max ${MAX_SLOTS})`);
  if (total === 0) throw new RpcError(RPC_CODES.invalidParams, "empty request");
}

function storageValues(state: StateReader, address: string, slots: unknown): Hex[] {
  const account = parseFixed(address, 20, 0, "address");
  return (slots as unknown[]).map((slot) => word(state.storage(account, BigInt(parseFixed(slot, 32, 0, "slot")))));
}

function proof(state: StateReader, params: Params): Record<string, unknown> {
  const keys = params.required(1);
  if (!Array.isArray(keys) || keys.length > MAX_SLOTS)
    throw invalidArgument(1, `expected a list of at most ${MAX_SLOTS} storage keys`);
  const slots = keys.map((key: unknown) => ({ key, slot: parseSlot(key) }));
  const found = state.proof(
    params.address(0),
    slots.map(({ slot }) => BigInt(slot)),
  );
  return {
    address: found.address,
    accountProof: found.accountProof,
    balance: quantity(found.balance),
    codeHash: found.codeHash,
    nonce: quantity(found.nonce),
    storageHash: found.storageRoot,
    storageProof: slots.map(({ key, slot }, i) => ({
      // As the caller wrote it: a full word stays one, a short number is shown short.
      key: isWholeWord(key) ? slot : quantity(BigInt(slot)),
      value: quantity(found.storageProof[i].value),
      proof: found.storageRoot === EMPTY_ROOT ? [] : found.storageProof[i].proof,
    })),
  };
}

/** 63 or 64 digits: what fills 32 bytes. */
function isWholeWord(key: unknown): boolean {
  return String(key).replace(/^0[xX]/, "").length > 62;
}
