import type { ChainReader, Hex } from "../../chain/types";
import type { RpcMethods } from "../dispatch";
import { invalidArgument } from "../errors";
import { quantity } from "../format/hex";
import { parseFixed, parseSlot, type Params } from "../params";
import type { AccountState, StateReader } from "../state";

const EMPTY_ROOT: Hex = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
const EMPTY_CODE_HASH: Hex = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
const MAX_PROOF_KEYS = 1024;

/** Accounts and storage at any block. */
export function stateMethods(chain: ChainReader, state: StateReader): RpcMethods {
  const account = (params: Params, blockIndex: number): AccountState | null =>
    state.account(params.block(blockIndex, chain).header.stateRoot, params.address(0));
  return {
    eth_getBalance: (params) => quantity(account(params, 1)?.balance ?? 0n),
    eth_getTransactionCount: (params) => {
      const mined = account(params, 1)?.nonce ?? 0n;
      const pooled = params.raw(1) === "pending" ? chain.pool?.nextNonce(params.address(0)) : undefined;
      return quantity(pooled !== undefined && pooled > mined ? pooled : mined);
    },
    eth_getCode: (params) => {
      const codeHash = account(params, 1)?.codeHash ?? EMPTY_CODE_HASH;
      return codeHash === EMPTY_CODE_HASH ? "0x" : state.code(codeHash);
    },
    eth_getStorageAt: (params) => {
      const slot = params.slot(1);
      return state.storage(account(params, 2)?.storageRoot ?? EMPTY_ROOT, slot);
    },
    eth_getStorageValues: (params) => {
      const root = params.block(1, chain).header.stateRoot;
      const asked = Object.entries(params.object(0));
      return Object.fromEntries(asked.map(([address, slots]) => [address, storageValues(state, root, address, slots)]));
    },
    eth_getProof: (params) => proof(chain, state, params),
  };
}

function storageValues(state: StateReader, root: Hex, address: string, slots: unknown): Hex[] {
  if (!Array.isArray(slots)) throw invalidArgument(0, "expected a list of slots");
  const storageRoot = state.account(root, parseFixed(address, 20, 0, "address"))?.storageRoot ?? EMPTY_ROOT;
  return slots.map((slot) => state.storage(storageRoot, parseSlot(slot)));
}

function proof(chain: ChainReader, state: StateReader, params: Params): Record<string, unknown> {
  const address = params.address(0);
  const keys = params.required(1);
  if (!Array.isArray(keys) || keys.length > MAX_PROOF_KEYS)
    throw invalidArgument(1, `expected a list of at most ${MAX_PROOF_KEYS} storage keys`);
  const slots = keys.map((key: unknown) => ({ key, slot: parseSlot(key) }));
  const root = params.block(2, chain).header.stateRoot;
  const account = state.account(root, address);
  const storageRoot = account?.storageRoot ?? EMPTY_ROOT;
  return {
    address,
    accountProof: state.accountProof(root, address),
    balance: quantity(account?.balance ?? 0n),
    codeHash: account?.codeHash ?? EMPTY_CODE_HASH,
    nonce: quantity(account?.nonce ?? 0n),
    storageHash: storageRoot,
    storageProof: slots.map(({ key, slot }) => ({
      key: String(key).length === 66 ? slot : quantity(BigInt(slot)),
      value: quantity(BigInt(state.storage(storageRoot, slot))),
      proof: storageRoot === EMPTY_ROOT ? [] : state.storageProof(storageRoot, slot),
    })),
  };
}
