import { expect } from "chai";
import fc from "fast-check";
import hre from "hardhat";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { getBytes, hexlify, toBeHex } from "ethers";
import type { Hex } from "../../protocol/types";
import { chunksHash, messageHash } from "../../protocol";
import { deployTestSystem, messagesOf, type System } from "./support/system";

const SEED = Number(process.env.SOLVENT_SEED ?? Date.now() % 2 ** 31);
const HIGHEST_ADDRESS = 2n ** 160n - 1n;

/** DESIGN's words, as slowly as they can be said. */
function slowChunksHash(data: Uint8Array): string {
  let list = hre.ethers.id("solvent.chunks");
  for (let at = 0; at < data.length; at += 4096) list += hre.ethers.keccak256(data.slice(at, at + 4096)).slice(2);
  return hre.ethers.keccak256(list);
}

describe(`Inbox and protocol, equal (seed ${SEED})`, () => {
  let system: System;
  before(async () => {
    system = await loadFixture(deployTestSystem);
  });

  it("commit to bytes alike, at and around every multiple of a chunk", async () => {
    const harness = await hre.ethers.deployContract("InboxHarness");
    const near = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: -2, max: 2 }));
    const sizes = near.map(([chunks, more]) => Math.max(0, chunks * 4096 + more));
    const property = fc.asyncProperty(sizes, fc.integer(), async (size, fill) => {
      const data = Uint8Array.from({ length: size }, (_, i) => (i * 31 + fill) & 0xff);
      const expected = chunksHash(data);
      expect(await harness.chunksHash(data)).to.equal(expected);
      expect(slowChunksHash(data)).to.equal(expected);
      if (size === 0) return;
      data[Math.abs(fill) % size] ^= 1;
      expect(await harness.chunksHash(data)).not.to.equal(expected);
    });
    await fc.assert(property, { numRuns: 40, seed: SEED });
  });

  it("hash messages alike, whatever is in them", async () => {
    const address = fc.bigInt({ min: 0n, max: HIGHEST_ADDRESS }).map((value) => toBeHex(value, 20));
    const message = fc.record({
      to: address,
      value: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
      gasLimit: fc.integer({ min: 421_000, max: 1_000_000 }),
      isCreation: fc.boolean(),
      data: fc.uint8Array({ maxLength: 10_000 }),
    });
    let previous = `0x${"00".repeat(32)}` as Hex;
    const property = fc.asyncProperty(message, async (item) => {
      const to = item.isCreation ? toBeHex(0, 20) : item.to;
      const call = system.inbox.sendMessage(to, item.value, item.gasLimit, item.isCreation, hexlify(item.data));
      const [sent] = messagesOf(system, await (await call).wait());
      const inbox = system.deployment.addresses.inbox;
      const { sender, l1ParentHash } = sent as { sender: Hex; l1ParentHash: Hex };
      const expected = messageHash({
        ...sent,
        sender,
        l1ParentHash,
        previous,
        inbox,
        to: to as Hex,
        data: getBytes(sent.data),
      });
      expect(await system.inbox.messageHash(sent.index)).to.equal(expected);
      previous = expected;
    });
    await fc.assert(property, { numRuns: 15, seed: SEED });
  });

  it("alias addresses by addition that wraps", async () => {
    const harness = await hre.ethers.deployContract("InboxHarness");
    const offset = 0x1111000000000000000000000000000000001111n;
    const address = fc.bigInt({ min: 0n, max: HIGHEST_ADDRESS });
    const property = fc.asyncProperty(address, async (value) => {
      const expected = (value + offset) & HIGHEST_ADDRESS;
      expect(BigInt(await harness.aliased(toBeHex(value, 20)))).to.equal(expected);
    });
    await fc.assert(property, {
      numRuns: 30,
      seed: SEED,
      examples: [[0n], [HIGHEST_ADDRESS], [HIGHEST_ADDRESS - offset]],
    });
  });
});
