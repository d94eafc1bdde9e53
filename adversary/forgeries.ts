import type { Hex } from "../protocol/types";
import {
  concatBytes,
  decodeRlp,
  encodeRlp,
  fromHex,
  keccak256,
  rlpBytes,
  rlpList,
  toHex,
  word,
  type RlpItem,
} from "../protocol";
import { BLOB_BYTES } from "../protocol/blob";
import { decodeAccount, encodeAccount } from "../node/state";
import { decodePath } from "../node/state/nibbles";
import { outputPreimage, preimageFromStore } from "../challenger/commitments/commitments";
import type { Substitution } from "../challenger/commitments/substitution";
import type { LieContext } from "./lyingSource";
import { mintInto } from "./mint";

/** What the liars of this folder say. Each is a function from the run to the lie; null where the run offers nothing for it. */
export type Tell = (context: LieContext) => Promise<Substitution | null> | Substitution | null;

/** The run ends in a state in which the account has more: complete and consistent, but no transaction led to it. */
export function tellMint(account: Hex, amountWei: bigint): Tell {
  return ({ honest, store }) => {
    if (honest.block === null) return null;
    const forged = mintInto(store, honest.block, account, amountWei);
    return { id: "mint", end: { outputRoot: forged.outputRoot, output: outputPreimage(forged) } };
  };
}

/** The preimage of a trie node has more ether in the account that it holds. */
export function tellPreimage(amountWei: bigint): Tell {
  return (context) => {
    const candidates: [Uint8Array, Uint8Array][] = [];
    for (const [key, data] of context.honest.read) {
      const richer = withMoreEther(data, amountWei);
      if (richer !== null && isKeccak(key, data)) candidates.push([fromHex(key), richer]);
    }
    return firstThatWorks(
      context,
      candidates.map((answer) => ({ id: "preimage", answers: [answer] })),
    );
  };
}

/** The blob of a batch says in its first field element that it holds no bytes. */
export function tellBlob(): Tell {
  return (context) => {
    const blobs = [...context.honest.read].filter(([, data]) => data.length === BLOB_BYTES);
    return firstThatWorks(
      context,
      blobs.map(([key, data]) => {
        const empty = data.slice();
        empty.fill(0, 0, 32);
        return { id: "blob", answers: [[fromHex(key), empty]] };
      }),
    );
  };
}

/** A precompile answers otherwise: a signature is another account's, a failure, or a bit is wrong. */
export function tellPrecompile(account: Hex): Tell {
  return (context) => {
    const answers = precompileAnswers(context).map(([key, data]): [Uint8Array, Uint8Array] => {
      const other = data.slice();
      if (isAddress(data)) other.set(fromHex(account), 13);
      else other[other.length - 1] ^= 1;
      return [key, other];
    });
    return firstThatWorks(
      context,
      answers.map((answer) => ({ id: "precompile", answers: [answer] })),
    );
  };
}

/** A precompile is said to have failed, as it does on L1 when it gets too little gas. */
export function tellPrecompileFailure(): Tell {
  return (context) => {
    const points = precompileAnswers(context).filter(([, data]) => data.length > 33 && data[0] === 1);
    return firstThatWorks(
      context,
      points.map(([key]) => ({ id: "precompile failure", answers: [[key, Uint8Array.of(0)]] })),
    );
  };
}

/** The inbox answers with a delayed message that mints more, or with a batch that was posted too late to count. */
export function tellInbox(amountWei: bigint): Tell {
  return (context) => {
    const { messageHashes, batchRecords } = context.honest.witness;
    const forge = (hash: Uint8Array, at: number, change: (value: bigint) => bigint): Uint8Array => {
      const preimage = context.store.get(hash)!;
      const value = BigInt(toHex(preimage.subarray(32 * at, 32 * at + 32)));
      const changed = concatBytes(preimage.subarray(0, 32 * at), word(change(value)), preimage.subarray(32 * at + 32));
      const key = keccak256(changed);
      context.store.put(key, changed);
      return key;
    };
    const messages = messageHashes.map(([index, hash]): Substitution => {
      return { id: "inbox message", messageHashes: [[index, forge(hash, MESSAGE_MINT, (mint) => mint + amountWei)]] };
    });
    const batches = batchRecords.map(([index, hash]): Substitution => {
      return { id: "inbox batch", batchRecords: [[index, forge(hash, BATCH_TIME, (time) => time + TEN_YEARS)]] };
    });
    return firstThatWorks(context, messages) ?? firstThatWorks(context, batches);
  };
}

/** A run for which L1 holds nothing more ends in another state all the same: here in that before the assertion. */
export function tellUnsafe(): Tell {
  return ({ store, parent }) => ({
    id: "unsafe",
    end: { outputRoot: parent, output: preimageFromStore(store, parent) },
  });
}

/** One bit of the machine's memory flips at a random step. */
export function tellFlip(attempts = 300): Tell {
  return async (context) => {
    const found = await context.flip(attempts);
    if (found === null) return null;
    const { patch } = found;
    const outputRoot = toHex(found.output);
    const id = `flip ${patch.step}@${patch.address}=${toHex(patch.bytes)}`;
    return { id, patches: [patch], end: { outputRoot, output: preimageFromStore(context.store, outputRoot) } };
  };
}

/** Words of the preimages of a message hash and of a batch record (docs/spec/01-interfaces.md#hashes). */
const MESSAGE_MINT = 6;
const BATCH_TIME = 5;
const TEN_YEARS = 10n * 365n * 86_400n;

/** The first, from one on that the seed chooses, with which the run ends well, but elsewhere. */
function firstThatWorks(context: LieContext, forgeries: readonly Substitution[]): Substitution | null {
  const from = forgeries.length === 0 ? 0 : context.seed % forgeries.length;
  const ordered = [...forgeries.slice(from), ...forgeries.slice(0, from)];
  return ordered.find((forgery) => context.tryForgery(forgery) !== null) ?? null;
}

function precompileAnswers({ honest }: LieContext): [Uint8Array, Uint8Array][] {
  const answers = [...honest.read].filter(([key, data]) => !isKeccak(key, data) && data.length !== BLOB_BYTES);
  return answers.map(([key, data]) => [fromHex(key), data]);
}

function isKeccak(key: Hex, data: Uint8Array): boolean {
  return toHex(keccak256(data)) === key;
}

/** Whether a precompile answered with an address: what ecrecover does. */
function isAddress(answer: Uint8Array): boolean {
  return answer.length === 33 && answer[0] === 1 && answer.subarray(1, 13).every((byte) => byte === 0);
}

/** The trie leaf with more ether in its account; null for other data. */
function withMoreEther(data: Uint8Array, amountWei: bigint): Uint8Array | null {
  try {
    const [path, value, ...rest]: readonly RlpItem[] = rlpList(decodeRlp(data));
    if (rest.length > 0 || !decodePath(rlpBytes(path)).isLeaf) return null;
    const account = decodeAccount(rlpBytes(value));
    return encodeRlp([path, encodeAccount({ ...account, balance: account.balance + amountWei })]);
  } catch {
    return null;
  }
}
