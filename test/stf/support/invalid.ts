import { concatBytes, decodeRlp, encodeRlp, rlpInteger, rlpList, type RlpItem } from "../../../protocol";
import { createSigner, signAuthorization, signTransaction, type Fields } from "../../differential/support/sign";
import { CHAIN_ID, SIGNER } from "./chain";

const POOR = createSigner(77);
const TO = "0x00000000000000000000000000000000000000ff";
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** A plain transfer of the rich signer, valid where its nonce is due. */
export function transfer(nonce: bigint, fields: Partial<Fields> = {}): Uint8Array {
  return signTransaction({ ...BASE, nonce, ...fields }, SIGNER);
}

const BASE: Fields = {
  type: 2,
  chainId: CHAIN_ID,
  nonce: 0n,
  maxFee: 10_000_000_000n,
  maxTip: 1n,
  gasLimit: 60_000n,
  to: TO,
  value: 1n,
  data: new Uint8Array(0),
  accessList: [],
  authorizations: [],
};

/** One transaction for each way to be invalid at nonce 0 or 1 of the rich signer, by what is wrong. */
export function invalidTransactions(): Record<string, Uint8Array> {
  const good = transfer(0n);
  const legacy = transfer(0n, { type: 0 });
  const authorization = signAuthorization(CHAIN_ID, TO, 0n, POOR);
  const setCode = (fields: Partial<Fields>) => transfer(0n, { type: 4, authorizations: [authorization], ...fields });
  return {
    "no bytes": new Uint8Array(0),
    garbage: Uint8Array.from({ length: 60 }, (_, i) => (i * 37) & 255),
    "the type of a deposit": concatBytes(Uint8Array.of(0x7e), good.subarray(1)),
    "the type of a blob transaction": concatBytes(Uint8Array.of(3), good.subarray(1)),
    "an unknown type": concatBytes(Uint8Array.of(0x55), good.subarray(1)),
    "the last byte missing": good.subarray(0, good.length - 1),
    "a byte too many": concatBytes(good, Uint8Array.of(0)),
    "a field missing": withFields(good, (fields) => fields.slice(0, -1)),
    "a field too many": withFields(good, (fields) => [...fields, new Uint8Array(0)]),
    "a nonce with a leading zero": withFields(good, (fields) => replace(fields, 1, Uint8Array.of(0, 1))),
    "a list for a nonce": withFields(good, (fields) => replace(fields, 1, [])),
    "a destination of 19 bytes": withFields(good, (fields) => replace(fields, 5, new Uint8Array(19))),
    "an access list that is a string": withFields(good, (fields) => replace(fields, 8, Uint8Array.of(1))),
    "a storage key of 31 bytes": withFields(good, (fields) =>
      replace(fields, 8, [[new Uint8Array(20), [new Uint8Array(31)]]]),
    ),
    "a parity of 2": withFields(good, (fields) => replace(fields, 9, Uint8Array.of(2))),
    "r = 0": withFields(good, (fields) => replace(fields, 10, new Uint8Array(0))),
    "r of the order": withFields(good, (fields) => replace(fields, 10, rlpInteger(ORDER))),
    "s = 0": withFields(good, (fields) => replace(fields, 11, new Uint8Array(0))),
    "s over half of the order": withFields(good, (fields) =>
      replace(replace(fields, 11, rlpInteger(ORDER - toBig(fields[11]))), 9, rlpInteger(1n - toBig(fields[9]))),
    ),
    "v = 29": withFields(legacy, (fields) => replace(fields, 6, Uint8Array.of(29)), false),
    "v of 9 bytes": withFields(legacy, (fields) => replace(fields, 6, new Uint8Array(9).fill(1)), false),
    "another chain": transfer(0n, { chainId: 1n }),
    "another chain, legacy": transfer(0n, { type: 0, chainId: 1n }),
    "a nonce too low or too high": transfer(7n),
    "the last nonce": transfer((1n << 64n) - 1n),
    "a gas limit of 2^24 + 1": transfer(0n, { gasLimit: 16_777_217n }),
    "less gas than intrinsic": transfer(0n, { gasLimit: 20_999n }),
    "less gas than the calldata floor": transfer(0n, { gasLimit: 30_000n, data: new Uint8Array(400).fill(1) }),
    "a tip above the fee": transfer(0n, { maxTip: 10_000_000_001n }),
    "a fee below the base fee": transfer(0n, { maxFee: 1n }),
    "more value than there is": transfer(0n, { value: 1n << 100n }),
    "a price that no word holds": transfer(0n, { maxFee: (1n << 256n) - 1n }),
    "no funds": signTransaction(BASE, POOR),
    "initcode that is too long": transfer(0n, { to: null, data: new Uint8Array(49_153), gasLimit: 16_000_000n }),
    "no authorizations": setCode({ authorizations: [] }),
    "authorizations and a creation": setCode({ to: null }),
    "an authorization of five fields": setCode({ authorizations: [(authorization as RlpItem[]).slice(0, 5)] }),
    "an authorization whose parity has two bytes": setCode({
      authorizations: [replace(authorization as RlpItem[], 3, Uint8Array.of(1, 1))],
    }),
  };
}

/** The transaction with other fields; typed unless told otherwise. */
function withFields(raw: Uint8Array, change: (fields: RlpItem[]) => RlpItem[], isTyped = true): Uint8Array {
  if (!isTyped) return encodeRlp(change(rlpList(decodeRlp(raw))));
  return concatBytes(raw.subarray(0, 1), encodeRlp(change(rlpList(decodeRlp(raw.subarray(1))))));
}

function replace(fields: readonly RlpItem[], index: number, item: RlpItem): RlpItem[] {
  return fields.map((field, at) => (at === index ? item : field));
}

function toBig(item: RlpItem): bigint {
  const hex = Buffer.from(item as Uint8Array).toString("hex");
  return hex === "" ? 0n : BigInt(`0x${hex}`);
}
