import { getCreateAddress } from "ethers";
import type { Hex } from "../../../protocol/types";
import { concatBytes, fromHex, leftPad32, toHex } from "../../../protocol";
import type { Accounts } from "../../conformance/eest/preState";
import { Assembler } from "./assembler";
import { randomInitcode, randomProgram } from "./program";
import type { Random } from "./random";
import { createSigner, signAuthorization, signTransaction, type Fields, type Signer } from "./sign";

/** One case: a state, and transactions to run on it in one block, some of them invalid. */
export interface World {
  pre: Accounts;
  transactions: Uint8Array[];
}

export const CHAIN_ID = 1n;
export const BASE_FEE = 7n;
/** With gas for any case: the library does not reckon what transactions before left of it. */
export const BLOCK = { number: 1000n, timestamp: 1_700_000_000n, gasLimit: 200_000_000n };
export const COINBASE: Hex = "0x00000000000000000000000000000000000c0ffe";
const SIGNERS = [1, 2, 3, 4, 5].map(createSigner);
const CONTRACTS = [0, 1, 2, 3, 4, 5].map(
  (n): Hex => `0x00000000000000000000000000000000c0de00${n.toString(16).padStart(2, "0")}`,
);
/** Calls the address in the first word of its call data with the rest and logs what came back: so returned data is compared. */
const DRIVER: Hex = "0x00000000000000000000000000000000c0deffff";
const DRIVER_CODE = new Assembler()
  .op(0x5f, 0x5f) // no return range
  .push(32)
  .op(0x36, 0x03, 0x80)
  .push(32)
  .op(0x5f, 0x37) // copy the rest
  .op(0x5f, 0x34, 0x5f, 0x35, 0x5a, 0xf1) // its size, 0, value, address, gas
  .op(0x5f, 0x52, 0x3d, 0x5f)
  .push(32)
  .op(0x3e) // success, then what came back
  .push(32)
  .op(0x3d, 0x01, 0x5f, 0xa0)
  .bytes();
const STRANGERS: Hex[] = [
  `0x${"00".repeat(20)}`,
  "0x00000000000000000000000000000000deadbeef",
  COINBASE,
  "0x0000f90827f1c53a10cb7a02335b175320002935",
  getCreateAddress({ from: CONTRACTS[0], nonce: 1 }).toLowerCase() as Hex,
  getCreateAddress({ from: CONTRACTS[1], nonce: 2 }).toLowerCase() as Hex,
];
const PRECOMPILES = [...Array(18).keys(), 0x100].map((n): Hex => `0x${n.toString(16).padStart(40, "0")}`);
const LIVING = [...CONTRACTS, ...SIGNERS.map(({ address }) => address)];
/** Contracts more often than the rest. */
const ADDRESSES = [
  ...CONTRACTS,
  ...CONTRACTS,
  ...CONTRACTS,
  ...SIGNERS.map(({ address }) => address),
  ...STRANGERS,
  ...PRECOMPILES,
];

/** A random case. */
export function randomWorld(random: Random): World {
  const addresses = ADDRESSES.map(BigInt);
  const pre: Accounts = {};
  for (const [index, address] of CONTRACTS.entries()) {
    const storage: Record<string, string> = {};
    for (let key = 0; key < 4; key++) if (random.oneIn(2)) storage[`0x${key}`] = `0x${random.int(3)}`;
    pre[address] = {
      nonce: index === 5 && random.oneIn(4) ? "0xffffffffffffffff" : "0x1",
      balance: random.oneIn(4) ? "0x0" : "0x10000",
      code: toHex(randomProgram(random, { addresses, length: 3 + random.int(22) })),
      storage,
    };
  }
  for (const { address } of SIGNERS) {
    pre[address] = {
      nonce: random.oneIn(2) ? "0x0" : "0x3",
      balance: random.oneIn(20) ? "0x5208" : "0xde0b6b3a7640000",
      code: random.oneIn(3) ? `0xef0100${random.pick(ADDRESSES).slice(2)}` : "0x",
      storage: random.oneIn(5) ? { "0x1": "0x2" } : {},
    };
  }
  if (random.oneIn(4)) pre[STRANGERS[5]] = { nonce: "0x0", balance: "0x1", code: "0x", storage: {} };
  pre[DRIVER] = { nonce: "0x1", balance: "0x0", code: toHex(DRIVER_CODE), storage: {} };
  const nonces = new Map(SIGNERS.map(({ address }) => [address, BigInt(pre[address].nonce)]));
  const transactions: Uint8Array[] = [];
  for (let count = 1 + random.int(6); count > 0; count--) {
    const signer = random.pick(SIGNERS);
    const fields = randomFields(random, nonces.get(signer.address)!, addresses);
    const flaw = random.oneIn(10) ? random.pick(FLAWS) : {};
    transactions.push(signTransaction({ ...fields, ...flaw }, signer));
    // A guess: an authorization may have raised it.
    if (Object.keys(flaw).length === 0) nonces.set(signer.address, nonces.get(signer.address)! + 1n);
  }
  return { pre, transactions };
}

/** What makes a transaction invalid, most of them whatever the rest of it is. */
const FLAWS: readonly Partial<Fields>[] = [
  { nonce: 2n },
  { nonce: (1n << 64n) - 1n },
  { chainId: 2n, isUnprotected: false },
  { maxFee: 3n, maxTip: 1n },
  { maxFee: 20n, maxTip: 21n },
  { maxFee: (1n << 256n) - 1n, maxTip: 0n },
  { value: 1n << 200n },
  { gasLimit: 16_777_217n },
  { gasLimit: 30_000n, data: new Uint8Array(400).fill(1) },
  { gasLimit: 20_999n },
  { to: null, data: new Uint8Array(49_153) },
  { type: 4, authorizations: [] },
  { type: 4, to: null },
];

function randomFields(random: Random, nonce: bigint, addresses: readonly bigint[]): Fields {
  const type = random.pick([0, 0, 1, 2, 2, 4] as const);
  const isCreate = type !== 4 && random.oneIn(6);
  const maxFee = 7n + BigInt(random.int(40));
  const target = random.pick(random.oneIn(4) ? ADDRESSES : CONTRACTS);
  const isDriven = !isCreate && random.oneIn(2);
  const data = random.bytes(random.oneIn(2) ? 0 : random.int(200));
  return {
    type,
    chainId: CHAIN_ID,
    isUnprotected: random.oneIn(4),
    nonce,
    maxFee,
    maxTip: BigInt(random.int(Number(maxFee) + 1)),
    gasLimit: randomGas(random),
    to: isCreate ? null : isDriven ? DRIVER : target,
    value: random.oneIn(2) ? 0n : BigInt(random.int(5000)),
    data: isCreate
      ? randomInitcode(random, { addresses, length: 5 })
      : isDriven
        ? concatBytes(leftPad32(fromHex(target)), data)
        : data,
    accessList: randomAccessList(random),
    authorizations: Array.from({ length: 1 + random.int(3) }, () => randomAuthorization(random, SIGNERS, nonce)),
  };
}

function randomGas(random: Random): bigint {
  if (random.oneIn(40)) return 16_777_216n;
  if (random.oneIn(10)) return 100_000n + BigInt(random.int(60_000));
  return 150_000n + BigInt(random.int(1_000_000));
}

function randomAccessList(random: Random): Fields["accessList"] {
  return Array.from({ length: random.oneIn(2) ? 0 : random.int(4) }, () => ({
    address: random.pick(ADDRESSES),
    keys: Array.from({ length: random.int(4) }, () => BigInt(random.int(4))),
  }));
}

function randomAuthorization(random: Random, signers: readonly Signer[], nonce: bigint) {
  const chainId = random.pick([0n, CHAIN_ID, CHAIN_ID, CHAIN_ID, 3n]);
  const authority = random.pick(signers);
  const itsNonce = random.pick([0n, 0n, 3n, 3n, 1n, 4n, nonce + 1n, (1n << 64n) - 1n]);
  const target = random.oneIn(6) ? (`0x${"00".repeat(20)}` as Hex) : random.pick(random.oneIn(3) ? ADDRESSES : LIVING);
  return signAuthorization(chainId, target, itsNonce, authority);
}
