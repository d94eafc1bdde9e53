import { createMPT } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect } from "chai";
import fc from "fast-check";
import { createProbe, type Probe, SCRATCH } from "../support/probe";

type Model = Map<number, { nonce: bigint; balance: bigint; slots: Map<number, bigint> }>;
type Write = { account: number; nonce: number; balance: number; slot: number; value: number; reverts: boolean };
const EMPTY_ROOT = Buffer.from("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421", "hex");
const NO_CODE = keccak_256(new Uint8Array(0));

const word = (value: bigint): Uint8Array =>
  Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex")).reverse();
const bigEndian = (value: bigint): Uint8Array => {
  const hex = value.toString(16);
  return value === 0n ? new Uint8Array(0) : Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
};
const address = (index: number): Uint8Array => new Uint8Array(20).fill(index + 1);

/** The state root of the model, by @ethereumjs/mpt with puts only. */
async function referenceRoot(model: Model): Promise<string> {
  const accounts = await createMPT();
  for (const [index, { nonce, balance, slots }] of model) {
    if (nonce === 0n && balance === 0n) continue;
    const storage = await createMPT();
    for (const [slot, value] of slots) {
      const key = keccak_256(word(BigInt(slot)).reverse());
      if (value !== 0n) await storage.put(key, RLP.encode(bigEndian(value)));
    }
    const body = RLP.encode([bigEndian(nonce), bigEndian(balance), storage.root(), NO_CODE]);
    await accounts.put(keccak_256(address(index)), body);
  }
  return Buffer.from(accounts.root()).toString("hex");
}

function apply(probe: Probe, model: Model, write: Write): void {
  const { call } = probe;
  probe.write(SCRATCH, address(write.account));
  const account = call.accountAt!(SCRATCH);
  const mark = call.checkpoint!();
  call.setNonce!(account, BigInt(write.nonce));
  probe.write(SCRATCH, word(BigInt(write.balance) << 70n));
  call.setBalance!(account, SCRATCH);
  probe.write(SCRATCH, word(BigInt(write.slot)));
  const slot = call.slotAt!(account, SCRATCH);
  probe.write(SCRATCH, word(BigInt(write.value)));
  call.setSlot!(slot, SCRATCH);
  if (write.reverts) {
    call.revertTo!(mark);
    return;
  }
  const entry = model.get(write.account) ?? { nonce: 0n, balance: 0n, slots: new Map<number, bigint>() };
  entry.nonce = BigInt(write.nonce);
  entry.balance = BigInt(write.balance) << 70n;
  entry.slots.set(write.slot, BigInt(write.value));
  model.set(write.account, entry);
}

describe("stf state", () => {
  it("commits what a plain model holds, over blocks, transactions and reverts, from the empty root on", async () => {
    const probe = await createProbe();
    const write = fc.record({
      account: fc.nat(5),
      nonce: fc.integer({ min: 1, max: 300 }),
      balance: fc.nat(1000),
      slot: fc.nat(6),
      value: fc.nat(2),
      reverts: fc.boolean(),
    });
    const blocks = fc.array(fc.array(fc.array(write, { maxLength: 6 }), { maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(blocks, async (chain) => {
        const model: Model = new Map();
        let root: Uint8Array = EMPTY_ROOT;
        for (const block of chain) {
          probe.write(SCRATCH, root);
          probe.call.openState!(SCRATCH);
          for (const transaction of block) {
            probe.call.beginTransaction!();
            for (const one of transaction) apply(probe, model, one);
            probe.call.endTransaction!();
          }
          probe.call.commitState!(SCRATCH);
          root = probe.read(SCRATCH, 32);
          expect(Buffer.from(root).toString("hex")).to.equal(await referenceRoot(model));
        }
      }),
      { numRuns: 150 },
    );
  });
});
