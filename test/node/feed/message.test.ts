import { expect } from "chai";
import * as fc from "fast-check";
import { Wallet } from "ethers";
import { decodeFeedMessage, encodeFeedMessage, feedDomain, MAX_MESSAGE_BYTES } from "../../../node/feed/message";
import { fromHex } from "../../../protocol";
import { encodeBody } from "../../../protocol/batch";
import { SolventError } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";

const KEY: Hex = `0x${"42".repeat(32)}`;
const SIGNER = new Wallet(KEY).address.toLowerCase();
const DOMAIN = feedDomain({ l1ChainId: 1n, inbox: `0x${"11".repeat(20)}` });
const TRANSACTIONS = [new Uint8Array(110).fill(7), new Uint8Array(300).fill(9)];
const BLOCK = {
  ...{ number: 7, parentHash: `0x${"aa".repeat(32)}` as Hex, blockHash: `0x${"bb".repeat(32)}` as Hex },
  place: { batch: 3n, segment: 40, offset: 1_000 },
  body: encodeBody({ timestamp: 1_700_000_000n, messageCount: 2n, transactions: TRANSACTIONS }),
  promise: { slot: 5, expiry: 1_700_000_100, signature: `0x${"cd".repeat(65)}` as Hex },
};

function encode(block: Parameters<typeof encodeFeedMessage>[1] = BLOCK): Uint8Array {
  return encodeFeedMessage(DOMAIN, block, fromHex(KEY));
}

describe("feed: messages", () => {
  it("reads what was written, and who signed it", () => {
    for (const promise of [BLOCK.promise, null]) {
      const { signer, read, bytes: _, ...told } = decodeFeedMessage(DOMAIN, encode({ ...BLOCK, promise }));
      const { body, ...about } = { ...BLOCK, promise };
      expect(told).to.deep.equal(about);
      expect(signer()).to.equal(SIGNER);
      expect(read()).to.deep.equal({
        ...{ timestamp: 1_700_000_000n, messageCount: 2n, transactions: TRANSACTIONS, lengthBytes: body.length },
      });
    }
  });

  it("names bytes that are too long, of another rollup, or none, and reads nothing of them", () => {
    const of = (bytes: Uint8Array, domain = DOMAIN): string => {
      try {
        decodeFeedMessage(domain, bytes);
        return "taken";
      } catch (error) {
        return (error as SolventError).code;
      }
    };
    const message = encode();
    expect(of(message)).to.equal("taken");
    expect(of(new Uint8Array(MAX_MESSAGE_BYTES + 1))).to.equal("feed-oversize");
    expect(of(message, feedDomain({ l1ChainId: 2n, inbox: `0x${"11".repeat(20)}` }))).to.equal("feed-wrong-chain");
    expect(of(message, feedDomain({ l1ChainId: 1n, inbox: `0x${"12".repeat(20)}` }))).to.equal("feed-wrong-chain");
    for (const length of [0, 1, 64, 65, 66, message.length - 1])
      expect(of(message.subarray(0, length))).to.equal("feed-malformed");
  });

  it("inflates no body that is longer than any block", () => {
    const { read } = decodeFeedMessage(DOMAIN, encode({ ...BLOCK, body: new Uint8Array(50 << 20) }));
    expect(read).to.throw(SolventError).with.property("code", "feed-malformed");
  });

  it("loses its signer with any bit, and throws nothing but refusals, whatever comes", () => {
    const message = encode();
    const isRefused = (bytes: Uint8Array): boolean => {
      try {
        const { signer, read } = decodeFeedMessage(DOMAIN, bytes);
        if (signer() !== SIGNER) return true;
        read();
        return false;
      } catch (error) {
        if (error instanceof SolventError && error.code.startsWith("feed-")) return true;
        throw error;
      }
    };
    expect(isRefused(message)).to.equal(false);
    fc.assert(
      fc.property(fc.nat(8 * message.length - 1), (bit) => {
        const flipped = Uint8Array.from(message);
        flipped[bit >> 3] ^= 1 << (bit & 7);
        return isRefused(flipped);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => isRefused(bytes)),
      { numRuns: 500 },
    );
  });
});
