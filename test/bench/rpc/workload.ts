import { randomBytes } from "node:crypto";
import { ecdsaSign, publicKeyCreate } from "secp256k1";
import { concatBytes, encodeRlp, fromHex, keccak256, rlpInteger, toHex } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { LoadClient, sleep } from "./client";

const GWEI = 10n ** 9n;
const ETHER = 10n ** 18n;

export interface Account {
  key: Uint8Array;
  address: Hex;
}

export function createAccount(key: Uint8Array = randomBytes(32)): Account {
  return { key, address: toHex(keccak256(publicKeyCreate(key, false).subarray(1)).subarray(12)) };
}

/** What a transaction does. */
interface Message {
  /** Null creates a contract. */
  to: Hex | null;
  valueWei: bigint;
  data: Uint8Array;
  gasLimit: bigint;
}

/** A signed transfer with dynamic fees that no base fee of the run exceeds. */
export function signTransfer(from: Account, chainId: bigint, nonce: number, to: Hex, valueWei: bigint): Hex {
  return signMessage(from, chainId, nonce, { to, valueWei, data: new Uint8Array(0), gasLimit: 21_000n });
}

/** The same for any message. @param feeCap - wei a gas. */
export function signMessage(
  from: Account,
  chainId: bigint,
  nonce: number,
  { to, valueWei, data, gasLimit }: Message,
  feeCap = 20n * GWEI,
): Hex {
  const tip = feeCap < GWEI ? feeCap : GWEI;
  const fields = [chainId, BigInt(nonce), tip, feeCap, gasLimit].map(rlpInteger);
  const body = [...fields, to === null ? new Uint8Array(0) : fromHex(to), rlpInteger(valueWei), data, []];
  const type = Uint8Array.of(2);
  const { signature, recid } = ecdsaSign(keccak256(concatBytes(type, encodeRlp(body))), from.key);
  const word = (at: number) => rlpInteger(BigInt(toHex(signature.subarray(at, at + 32))));
  return toHex(concatBytes(type, encodeRlp([...body, rlpInteger(recid), word(0), word(32)])));
}

/** Gives each sender 1 ETH from an account that has them; returns when all are in blocks. */
export async function fund(client: LoadClient, chainId: bigint, bank: Account, senders: Account[]): Promise<void> {
  const nonce = Number(await client.call<string>("eth_getTransactionCount", bank.address, "latest"));
  for (const [i, sender] of senders.entries())
    await client.call("eth_sendRawTransaction", signTransfer(bank, chainId, nonce + i, sender.address, ETHER));
  const last = senders.at(-1)!.address;
  while (BigInt(await client.call<string>("eth_getBalance", last, "latest")) === 0n) await sleep(50);
}

/** A request with a transfer to nobody in particular. */
export function signOne(chainId: bigint, from: Account, nonce: number): string {
  return submission(signTransfer(from, chainId, nonce, from.address, 1n));
}

/** Pre-signed requests, one list for each sender, in the order of nonces. */
export function signAll(chainId: bigint, senders: Account[], firstNonce: number, count: number): string[][] {
  return senders.map((sender, i) =>
    Array.from({ length: count }, (_, k) => {
      const to = senders[(i + k + 1) % senders.length].address;
      return submission(signTransfer(sender, chainId, firstNonce + k, to, 1n));
    }),
  );
}

function submission(raw: Hex): string {
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_sendRawTransaction", params: [raw] });
}

export interface LoadResult {
  /** From the first request until the last is answered. */
  acceptedMs: number;
  /** From the first request until all are in blocks. */
  includedMs: number;
  blocks: number;
}

/**
 * Sends all requests, each sender's one after the other, all senders at once, and waits until as many transactions are in blocks.
 * Starts right behind a new block, so that every node has the same stretch before its next one.
 * @param opening - a request whose transaction makes that block.
 */
export async function playLoad(client: LoadClient, opening: string, requests: string[][]): Promise<LoadResult> {
  const total = requests.reduce((sum, own) => sum + own.length, 0);
  const head = async (): Promise<number> => Number(await client.call<string>("eth_blockNumber"));
  const before = await head();
  await sendInOrder(client, [opening]);
  let first = before;
  while (first === before) {
    await sleep(5);
    first = await head();
  }
  const start = performance.now();
  let acceptedMs = 0;
  const sending = Promise.all(requests.map((own) => sendInOrder(client, own))).then(
    () => (acceptedMs = performance.now() - start),
  );
  let included = 0;
  let seen = first;
  while (included < total) {
    for (const now = await head(); seen < now;) {
      const number = `0x${(++seen).toString(16)}`;
      included += Number(await client.call<string>("eth_getBlockTransactionCountByNumber", number));
    }
    if (included < total) await sleep(20);
  }
  const includedMs = performance.now() - start;
  await sending;
  return { acceptedMs, includedMs, blocks: seen - first };
}

async function sendInOrder(client: LoadClient, requests: string[]): Promise<void> {
  for (const request of requests) {
    const answer = await client.post(request);
    if (!answer.includes('"result"')) throw new Error(`refused: ${answer}`);
  }
}
