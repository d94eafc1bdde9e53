import { Transaction, Wallet, getBytes, type TransactionLike } from "ethers";
import { CHAIN_ID } from "../../vm/support/chain";
import type { Random } from "../../../simulator/random";

const GWEI = 10n ** 9n;

/** Contracts that do one thing each; their code by name. */
export const CODES = {
  /** Adds one to slot 0 and logs it. */
  counter: "0x60005460010180600055600052600160206000a100",
  /** Stores the call data's first word at the key of its second. */
  writer: "0x60003560203555",
  /** Reverts with 32 bytes. */
  reverter: "0x602a60005260206000fd",
  /** Runs out of gas. */
  loop: "0x5b600056",
  /** Calls the address in the call data with half of the value. */
  caller: "0x6000808080600234046000355af150",
  /** Creates a contract of its call data and destroys itself in favour of the caller. */
  creator: "0x36600080373660006000f05033ff",
  /** Hashes its call data by sha256 and stores the hash. */
  hasher: "0x36600080376020600036600060025afa50600051600055",
  /** Recovers a signer from its call data and stores it. */
  recoverer: "0x36600080376020600036600060015afa50600051600155",
} as const;

/** Where genesis has the contracts. */
export const CONTRACTS: Record<keyof typeof CODES, string> = Object.fromEntries(
  Object.keys(CODES).map((name, i) => [name, `0x${(0xc0de00 + i).toString(16).padStart(40, "0")}`]),
) as Record<keyof typeof CODES, string>;

/** Accounts that sign; the last one has code, the one before has no money. */
export const WALLETS = Array.from({ length: 7 }, (_, i) => new Wallet(`0x${(i + 1).toString(16).padStart(64, "0")}`));
export const CODED = WALLETS[6];
export const POOR = WALLETS[5];

/** Genesis accounts for all of these. */
export function allocation(): Record<string, { balance?: string; code?: string }> {
  const ether = (amount: bigint): string => (amount * 10n ** 18n).toString();
  return {
    ...Object.fromEntries(Object.entries(CONTRACTS).map(([name, at]) => [at, { code: CODES[name as "loop"] }])),
    ...Object.fromEntries(WALLETS.slice(0, 5).map(({ address }) => [address, { balance: ether(1000n) }])),
    [CODED.address]: { balance: ether(1n), code: "0x00" },
  };
}

/** Signs with this wallet; fields of types before 1559 get a price. */
export async function sign(wallet: Wallet, fields: TransactionLike): Promise<Uint8Array> {
  const isPriced = fields.type === 0 || fields.type === 1;
  const price = isPriced ? { gasPrice: 20n * GWEI } : { maxFeePerGas: 20n * GWEI, maxPriorityFeePerGas: GWEI };
  const filled = { type: 2, chainId: CHAIN_ID, gasLimit: 200_000n, nonce: 0, value: 0n, ...price, ...fields };
  return getBytes(await wallet.signTransaction(filled));
}

/** A random transaction of a random kind; about one in three is invalid. `nonces` are those that the signers have now. */
export async function randomTransaction(random: Random, nonces: Map<Wallet, number>): Promise<Uint8Array> {
  const wallet = random.pick(WALLETS.slice(0, 5));
  const nonce = nonces.get(wallet) ?? 0;
  if (random.chance(0.3)) return invalidTransaction(random, wallet, nonce);
  nonces.set(wallet, nonce + 1);
  const fields = { nonce, ...(await randomFields(random, nonces)) };
  return sign(wallet, fields);
}

async function randomFields(random: Random, nonces: Map<Wallet, number>): Promise<TransactionLike> {
  const to = random.chance(0.2) ? random.pick(WALLETS).address : random.pick(Object.values(CONTRACTS));
  const base = { to, value: random.chance(0.5) ? BigInt(random.below(1000)) : 0n, data: randomData(random) };
  switch (random.below(6)) {
    case 0:
      return { ...base, type: 0 };
    case 1:
      return { ...base, type: 0, chainId: random.chance(0.5) ? 0n : CHAIN_ID };
    case 2:
      return { ...base, type: 1, accessList: [{ address: to, storageKeys: [`0x${"00".repeat(32)}`] }] };
    case 3: {
      const signer = random.pick(WALLETS);
      const authorization = await signer.authorize({
        address: random.pick(Object.values(CONTRACTS)),
        nonce: (nonces.get(signer) ?? 0) + random.below(2),
        chainId: random.pick([0n, CHAIN_ID, 5n]),
      });
      return { ...base, type: 4, authorizationList: [authorization] };
    }
    case 4:
      return { ...base, to: null, data: random.pick(["0x", "0x00", "0x60006000fd", "0xfe", "0x602a60005260206000f3"]) };
    default:
      return base;
  }
}

async function invalidTransaction(random: Random, wallet: Wallet, nonce: number): Promise<Uint8Array> {
  const to = WALLETS[0].address;
  switch (random.below(14)) {
    case 0:
      return sign(wallet, { to, nonce: nonce + 1 + random.below(3) });
    case 1:
      return sign(wallet, { to, nonce: Math.max(0, nonce - 1), gasLimit: 20_999n });
    case 2:
      return sign(wallet, { to, nonce, value: 10n ** 30n });
    case 3:
      return sign(wallet, { to, nonce, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n });
    case 4:
      return malformed(random, await sign(wallet, { to, nonce }));
    case 5:
      return sign(wallet, { to, nonce, data: `0x${"ff".repeat(100)}`, gasLimit: 22_800n });
    case 6:
      return sign(wallet, { to: null, nonce, data: `0x${"00".repeat(49_153)}`, gasLimit: 2_000_000n });
    case 7:
      return sign(wallet, { to, nonce, gasLimit: 16_777_217n });
    case 8:
      return sign(wallet, { to, nonce, chainId: CHAIN_ID + 1n });
    case 9:
      return sign(CODED, { to, nonce: 0 });
    case 10:
      return sign(POOR, { to, nonce: 0 });
    case 11:
      return Uint8Array.of(random.pick([0x03, 0x05, 0x7e, 0x7f]), ...(await sign(wallet, { to, nonce })).subarray(1));
    case 12:
      return random.bytes(random.below(200));
    default:
      return withHighS(await sign(wallet, { to, nonce }));
  }
}

/** The same transaction under the other signature of the same key, which EIP-2 refuses. */
export function withHighS(raw: Uint8Array): Uint8Array {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const { signature } = Transaction.from(`0x${Buffer.from(raw).toString("hex")}`);
  const hex = Buffer.from(raw).toString("hex");
  const high = (order - BigInt(signature!.s)).toString(16).padStart(64, "0");
  return getBytes(`0x${hex.replace(signature!.s.slice(2), high)}`);
}

function malformed(random: Random, raw: Uint8Array): Uint8Array {
  if (random.chance(0.5)) return raw.slice(0, random.below(raw.length));
  const copy = raw.slice();
  copy[random.below(copy.length)] ^= 1 << random.below(8);
  return copy;
}

function randomData(random: Random): string {
  if (random.chance(0.3)) return random.pick(Object.values(CONTRACTS)).replace("0x", `0x${"00".repeat(12)}`);
  const bytes = random.bytes(random.below(160));
  if (random.chance(0.5)) bytes.fill(0, 0, 31);
  return `0x${Buffer.from(bytes).toString("hex")}`;
}
