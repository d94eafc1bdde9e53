import { expect } from "chai";
import { decodeRlp, encodeRlp, getBytes, hexlify, Transaction, Wallet, type TransactionLike } from "ethers";
import fc from "fast-check";
import { decodeTransaction, TransactionDecodeError } from "../../../node/transactions";

const wallet = new Wallet("0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d");
const ADDRESS = `0x${"11".repeat(20)}`;
const SEED = 20_251_126;

const base: TransactionLike = { nonce: 7, gasLimit: 50_000, value: 3n, data: "0x0102", to: ADDRESS, chainId: 42n };
const shapes: Record<string, TransactionLike> = {
  "a legacy transaction": { ...base, type: 0, gasPrice: 9n },
  "a legacy transaction of no chain": { ...base, type: 0, gasPrice: 9n, chainId: 0n },
  "an access list": { ...base, type: 1, gasPrice: 9n, accessList: [[ADDRESS, [`0x${"22".repeat(32)}`]]] },
  "dynamic fees": { ...base, type: 2, maxFeePerGas: 9n, maxPriorityFeePerGas: 1n },
  "a creation": { ...base, type: 2, maxFeePerGas: 9n, maxPriorityFeePerGas: 1n, to: null },
};

async function sign(shape: TransactionLike): Promise<Transaction> {
  return Transaction.from(await wallet.signTransaction(shape));
}

describe("transactions: decode", () => {
  for (const [name, shape] of Object.entries(shapes))
    it(`reads ${name} as ethers does`, async () => {
      const signed = await sign(shape);
      const decoded = decodeTransaction(getBytes(signed.serialized));
      expect(decoded).to.include({
        hash: signed.hash,
        from: wallet.address.toLowerCase(),
        to: signed.to,
        data: signed.data,
        type: signed.type,
        gasLimit: signed.gasLimit,
        value: signed.value,
        nonce: BigInt(signed.nonce),
      });
      expect(hexlify(decoded.signingHash!)).to.equal(signed.unsignedHash);
      expect(decoded.maxFeePerGas ?? decoded.gasPrice).to.equal(9n);
      expect(decoded.chainId ?? 0n).to.equal(signed.chainId);
      expect(decodeTransaction(getBytes(signed.serialized), { sender: ADDRESS }).from).to.equal(ADDRESS);
    });

  const breaks: [string, (fields: string[]) => string[], string][] = [
    ["a nonce with leading zeros", (f) => [f[0], "0x0007", ...f.slice(2)], "leading zeros"],
    ["an address of 19 bytes", (f) => [...f.slice(0, 5), `0x${"11".repeat(19)}`, ...f.slice(6)], "20 bytes"],
    ["a field too many", (f) => [...f, "0x"], "13 fields"],
    ["a high s", (f) => [...f.slice(0, 11), `0x${"ff".repeat(31)}00`], "s out of range"],
    ["a zero r", (f) => [...f.slice(0, 10), "0x", f[11]], "r out of range"],
  ];
  for (const [name, change, reason] of breaks)
    it(`refuses ${name}`, async () => {
      const serialized = getBytes((await sign(shapes["dynamic fees"])).serialized);
      const fields = decodeRlp(serialized.subarray(1)) as string[];
      const raw = Uint8Array.of(2, ...getBytes(encodeRlp(change(fields))));
      expect(() => decodeTransaction(raw)).to.throw(TransactionDecodeError, reason);
    });

  it(`answers mutated bytes with a transaction or TransactionDecodeError (seed ${SEED})`, async () => {
    const signed = await Promise.all(Object.values(shapes).map(sign));
    const raws = signed.map(({ serialized }) => getBytes(serialized));
    const mutation = fc.record({ at: fc.nat(200), byte: fc.nat(255), cut: fc.nat(40), which: fc.nat(raws.length - 1) });
    fc.assert(
      fc.property(mutation, ({ at, byte, cut, which }) => {
        const raw = raws[which].slice(0, raws[which].length - (cut > 20 ? cut - 20 : 0));
        raw[at % raw.length] = byte;
        try {
          expect(decodeTransaction(raw).from).to.match(/^0x[0-9a-f]{40}$/);
        } catch (error) {
          expect(error).to.be.instanceOf(TransactionDecodeError);
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
