import { expect } from "chai";
import { bytesOfInput, inputWith } from "../../../node/data/calldata/input";
import { INBOX_ABI } from "../../../node/l1/events";
import { ZERO_HASH, toHex } from "../../../protocol";
import type { Hex } from "../../../protocol/types";

describe("data: the call that appends a batch", () => {
  for (const length of [0, 1, 31, 32, 33, 120_000])
    it(`of ${length} bytes is what ethers makes of it, and is read back`, () => {
      const data = Uint8Array.from({ length }, (_, i) => i & 0xff);
      const callOf = (bytes: Hex): Hex =>
        INBOX_ABI.encodeFunctionData("postBatch", [7, ZERO_HASH, 3, ZERO_HASH, bytes]) as Hex;
      const call = inputWith(callOf("0x"), data);
      expect(call).to.equal(callOf(toHex(data)));
      expect(toHex(bytesOfInput(call))).to.equal(toHex(data));
    });
});
