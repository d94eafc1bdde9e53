import { AbiCoder, keccak256 as hashHex, type TypedDataField } from "ethers";
import { edgeId, originHash, rootPlace, type Origin } from "../games/edges";
import { pathOf, type HistoryTree } from "../games/history/history";
import type { StateReader } from "../node/state";
import { toHex, ZERO_HASH } from "../protocol";
import { SolventError } from "../protocol/errors";
import { PREDEPLOYS } from "../protocol/predeploys";
import type { Hex } from "../protocol/types";

/** As `IExit.proveTrap` takes it. */
export interface TrapProof {
  disputeGameIndex: bigint;
  origin: Origin;
  root: Hex;
  /** Of the first run that ends in the zero root. */
  index: number;
  trapPath: Hex[];
  /** Empty for index 0: the last root is then the origin's start. */
  lastPath: Hex[];
}

/** As `ITokenBridge.exitToken` takes it. */
export interface TokenProof {
  factory: Hex[];
  registration: Hex[];
  token: Hex[];
  balance: Hex[];
}

/** Slot of `sentMessages`, `l1TokenOf` and an L2 token's balances: each the first of its contract. */
const MAPPING_SLOT = 0;

/** What an account signs so that anyone may send its exit; the domain is `exitDomain`. */
export const EXIT_TYPES: Record<string, TypedDataField[]> = {
  Exit: [
    { name: "account", type: "address" },
    { name: "to", type: "address" },
  ],
};

/** EIP-712 domain of the portal (ether, deposits) or the token bridge (tokens) on an L1. */
export function exitDomain(contract: "portal" | "token bridge", address: Hex, l1ChainId: number | bigint) {
  return { name: `Solvent ${contract}`, version: "1", chainId: l1ChainId, verifyingContract: address };
}

/**
 * Proves where a confirmed assertion's history becomes zero.
 * @param assertion - Its number in the queue and the preimage of its origin, as its event told them.
 * @param tree - Output roots after each of its runs, as whoever re-executed them knows them.
 * @throws SolventError `exit-not-trapped` where the history ends in no zero root, or was zero from its start.
 */
export function proveTrap(assertion: { index: bigint; id: Hex; origin: Origin }, tree: HistoryTree): TrapProof {
  const { index: disputeGameIndex, origin, id } = assertion;
  const count = 2 ** tree.height;
  if (tree.leaf(count - 1) !== ZERO_HASH || origin.start === ZERO_HASH)
    throw new SolventError("exit-not-trapped", `assertion ${id} is not the one in which the program trapped`);
  if (edgeId(rootPlace(0, origin, tree.height), tree.root) !== id)
    throw new SolventError("exit-not-trapped", `assertion ${id} is over another history than ${originHash(origin)}`);
  // Zero absorbs: the first zero leaf is found by halving.
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (tree.leaf(middle) === ZERO_HASH) high = middle;
    else low = middle + 1;
  }
  const lastPath = low === 0 ? [] : pathOf(tree, low - 1);
  return { disputeGameIndex, origin, root: tree.root, index: low, trapPath: pathOf(tree, low), lastPath };
}

/** Proof of an account's ether under a state, and the delegation that the portal asks for. */
export function proveEther(state: StateReader, account: Hex): { accountProof: Hex[]; delegation: Hex } {
  return { accountProof: state.proof(account, []).accountProof, delegation: toHex(state.code(account)) };
}

/** Proof of an account's balance of an L2 token. */
export function proveTokens(state: StateReader, l2Token: Hex, account: Hex): TokenProof {
  const factory = state.proof(PREDEPLOYS.tokenFactory, [mappingSlot(l2Token)]);
  const token = state.proof(l2Token, [mappingSlot(account)]);
  return {
    factory: factory.accountProof,
    registration: factory.storageProof[0].proof,
    token: token.accountProof,
    balance: token.storageProof[0].proof,
  };
}

/** Proof that L2 has recorded a withdrawal. */
export function proveWithdrawal(state: StateReader, withdrawalHash: Hex): Hex[] {
  return state.proof(PREDEPLOYS.messagePasser, [mappingSlot(withdrawalHash)]).storageProof[0].proof;
}

function mappingSlot(key: Hex): bigint {
  const padded = key.slice(2).padStart(64, "0");
  return BigInt(hashHex(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [`0x${padded}`, MAPPING_SLOT])));
}
