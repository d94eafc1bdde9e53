import type { Hex } from "../../../protocol/types";
import { nextBaseFee, ZERO_ADDRESS } from "../../../protocol";
import type { ChainReader } from "../../chain/types";
import type { CallEngine } from "../../engine/threads";
import type { CallRequest } from "../../engine/types";
import { decodeTransaction, encodeUnsigned, type UnsignedTransaction } from "../../transactions";
import type { RpcMethods } from "../dispatch";
import { RPC_CODES, RpcError, serverError } from "../errors";
import { suggestTip } from "../fees";
import { bytesToHex, hexToBytes } from "../format/hex";
import { formatReceipt } from "../format/receipt";
import { formatUnsignedTransaction } from "../format/transaction";
import { parseCallAt } from "../request";
import { Params } from "../params";
import type { Work } from "../work";
import { ESTIMATE_TOLERANCE, failure } from "./execute";
import type { OpenState } from "./state";

/** So long `eth_sendRawTransactionSync` waits where nothing is said, and at most; geth's. */
const WAIT_MS = 20_000;
const MOST_WAIT_MS = 60_000;
/** Who may wait at the same time. */
const MOST_WAITING = 1_000;

/**
 * The ways in for transactions, and what a signer needs before.
 * @param minimumBaseFee - of the chain's configuration, in wei.
 */
export function sendMethods(
  chain: ChainReader,
  openState: OpenState,
  engine: CallEngine,
  minimumBaseFee: () => bigint,
): RpcMethods {
  let waiting = 0;
  return {
    eth_sendRawTransaction: async (params) => chain.submit(hexToBytes(params.data(0))),
    eth_sendRawTransactionSync: async (params, _connection, work) => {
      const raw = hexToBytes(params.data(0));
      const asked = params.raw(1) === undefined ? 0 : params.number(1);
      if (waiting >= MOST_WAITING)
        throw new RpcError(RPC_CODES.limitExceeded, `more than ${MOST_WAITING} wait: use eth_sendRawTransaction`);
      waiting++;
      try {
        return await untilMined(chain, openState, raw, Math.min(asked === 0 ? WAIT_MS : asked, MOST_WAIT_MS), work);
      } finally {
        waiting--;
      }
    },
    eth_fillTransaction: async (params) => {
      const request = parseCallAt(chain, minimumBaseFee(), new Params([params.required(0), "pending"]), "pending");
      const tx = await fill(chain, openState, engine, minimumBaseFee(), request);
      const raw = encodeUnsigned(tx);
      return { raw: bytesToHex(raw), tx: formatUnsignedTransaction(raw, request.from ?? ZERO_ADDRESS, chain.chainId) };
    },
  };
}

/**
 * Submits, and waits for the receipt without asking again and again: heads tell.
 * @throws RpcError 4 after `waitMs`, 5 for a transaction that cannot be next, both with its hash as data; and as `ChainReader.submit`.
 */
async function untilMined(
  chain: ChainReader,
  openState: OpenState,
  raw: Uint8Array,
  waitMs: number,
  work: Work,
): Promise<unknown> {
  const hash = await chain.submit(raw);
  const isMined = (): boolean => chain.receipt(hash) !== undefined;
  if (!isMined()) {
    requireNoGap(chain, openState, raw, hash);
    await untilHead(chain, isMined, waitMs, work);
  }
  const receipt = chain.receipt(hash);
  if (receipt !== undefined) return formatReceipt(receipt);
  const message = `the transaction was taken into the pool and is in no block after ${waitMs / 1_000} s`;
  throw new RpcError(RPC_CODES.notYetMined, message, hash);
}

/** Ends when a head fulfils the condition, the time is over, or the client has gone. */
function untilHead(chain: ChainReader, isFulfilled: () => boolean, waitMs: number, work: Work): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      unsubscribe();
      stayed();
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    const unsubscribe = chain.subscribe({ onHead: () => isFulfilled() && end() });
    const stayed = work.onGone(end);
  });
}

function requireNoGap(chain: ChainReader, openState: OpenState, raw: Uint8Array, hash: Hex): void {
  if (chain.pool?.isWhole !== true) return;
  const { from, nonce } = decodeTransaction(raw);
  const expected = nextNonce(chain, openState, from as Hex);
  if (nonce <= expected) return;
  const message = `the transaction waits for others of its sender: its nonce is ${nonce}, the next is ${expected}`;
  throw new RpcError(RPC_CODES.nonceGap, message, hash);
}

/** Counting those of the pool that can be next. */
function nextNonce(chain: ChainReader, openState: OpenState, address: Hex): bigint {
  const mined = openState(chain.head("latest").header.stateRoot).account(address)?.nonce ?? 0n;
  const pooled = chain.pool?.nextNonce(address) ?? 0n;
  return pooled > mined ? pooled : mined;
}

/** Nonce, gas and fees as geth fills them in. @throws RpcError as an estimate, and -32000 where what is given does not fit. */
async function fill(
  chain: ChainReader,
  openState: OpenState,
  engine: CallEngine,
  minimumBaseFee: bigint,
  request: CallRequest,
): Promise<UnsignedTransaction> {
  const {
    from = ZERO_ADDRESS,
    to = null,
    value = 0n,
    data = new Uint8Array(0),
    accessList,
    authorizationList,
  } = request;
  if (to === null && data.length === 0) throw serverError("contract creation without any data provided");
  const fees = feesOf(chain, minimumBaseFee, request);
  const nonce = request.nonce ?? nextNonce(chain, openState, from);
  return {
    ...{ chainId: chain.chainId, nonce, to, value, data, accessList, authorizationList, ...fees },
    gasLimit: request.gas ?? (await estimate(engine, { ...request, ...fees, nonce })),
  };
}

async function estimate(engine: CallEngine, request: CallRequest): Promise<bigint> {
  const found = await engine.estimateGas(request, ESTIMATE_TOLERANCE);
  if ("failed" in found) throw failure(found.failed);
  return found.gas;
}

/** The type that its fields ask for, and its price: twice the base fee and the suggested tip where none is given. */
function feesOf(
  chain: ChainReader,
  minimumBaseFee: bigint,
  { gasPrice, accessList, authorizationList, ...given }: CallRequest,
): Pick<UnsignedTransaction, "type" | "gasPrice" | "maxFeePerGas" | "maxPriorityFeePerGas"> {
  if (gasPrice !== undefined) {
    if (authorizationList !== undefined) throw serverError("gasPrice specified in a transaction with authorizations");
    return { type: accessList === undefined ? 0 : 1, gasPrice };
  }
  const baseFee = nextBaseFee(chain.head("latest").header, minimumBaseFee);
  const maxPriorityFeePerGas = given.maxPriorityFeePerGas ?? suggestTip(chain);
  const maxFeePerGas = given.maxFeePerGas ?? 2n * baseFee + maxPriorityFeePerGas;
  if (maxFeePerGas < maxPriorityFeePerGas)
    throw serverError(`maxFeePerGas (${maxFeePerGas}) < maxPriorityFeePerGas (${maxPriorityFeePerGas})`);
  return { type: authorizationList === undefined ? 2 : 4, maxFeePerGas, maxPriorityFeePerGas };
}
