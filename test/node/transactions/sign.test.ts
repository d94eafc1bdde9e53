import { expect } from "chai";
import { SigningKey, Transaction, Wallet } from "ethers";
import { signDynamicFee } from "../../../node/transactions";
import { toHex } from "../../../protocol";
import type { Hex } from "../../../protocol/types";

const KEY = `0x${"17".repeat(32)}`;
const TO: Hex = `0x${"42".repeat(20)}`;

describe("transactions: signing", () => {
  const cases: [string, number, bigint, bigint, Hex | null][] = [
    ["nothing in it", 0, 0n, 0n, TO],
    ["one byte that is its own encoding", 1, 1n, 127n, TO],
    ["55 bytes", 55, 128n, 255n, TO],
    ["56 bytes", 56, 2n ** 53n - 1n, 256n, TO],
    ["no receiver", 255, 7n, 10n ** 18n, null],
    ["a whole batch", 128_000, 300n, 2n ** 256n - 1n, TO],
  ];
  for (const [name, length, nonce, value, to] of cases)
    it(`gives what ethers gives: ${name}`, async () => {
      const data = Uint8Array.from({ length }, (_, i) => (i * 7 + 1) & 0x7f);
      const fees = { maxFeePerGas: 3n * 10n ** 9n, maxPriorityFeePerGas: 0n };
      const fields = { chainId: 31_337n, nonce, gasLimit: 16_777_216n, to, value, ...fees };
      const { raw, hash } = signDynamicFee({ ...fields, data }, new SigningKey(KEY));
      const asked = { ...fields, type: 2, data: toHex(data), nonce: Number(nonce) };
      expect(raw).to.equal(await new Wallet(KEY).signTransaction(asked));
      expect(Transaction.from(raw).hash).to.equal(hash);
      expect(Transaction.from(raw).from).to.equal(new Wallet(KEY).address);
    });
});
