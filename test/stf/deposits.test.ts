import { getCreateAddress } from "ethers";
import { expect } from "chai";
import type { Hex } from "../../protocol/types";
import { decodeRlp, fromHex, rlpBytes, rlpList, rlpUint, toHex } from "../../protocol";
import { createStateReader } from "../../node/state";
import { SIGNER, TestChain, type MessageInput } from "./support/chain";

const RECEIVER: Hex = "0x00000000000000000000000000000000000000ee";
const SENDER: Hex = "0x00000000000000000000000000000000000a11ce";
const MINT = 10n ** 18n;
/** Initcode that makes a contract of the code behind it: CODECOPY of all but its own ten bytes, RETURN. */
function deploying(runtime: string): Uint8Array {
  const length = (runtime.length / 2).toString(16).padStart(2, "0");
  return fromHex(`0x60${length}600a5f3960${length}5ff3${runtime}`);
}

describe("deposits, as the OP Stack's after Regolith", () => {
  /** Runs messages in one block. */
  function run(...messages: MessageInput[]) {
    const chain = new TestChain();
    const [{ block }] = chain.derive(
      [{ data: new Uint8Array(0) }],
      messages.map((one) => ({ sender: SENDER, ...one })),
    );
    const receipts = block.receipts.map((receipt) => {
      const [status, gas, , logs, nonce, version] = rlpList(decodeRlp(receipt.subarray(1)), 6);
      return {
        type: receipt[0],
        success: rlpBytes(status).length === 1,
        cumulativeGas: rlpUint(gas),
        logs: rlpList(logs).length,
        depositNonce: rlpUint(nonce),
        version: rlpUint(version),
      };
    });
    return { block, receipts, state: createStateReader(chain.nodes, block.stateRoot) };
  }
  const balanceOf = (state: ReturnType<typeof run>["state"], address: Hex) => state.account(address)?.balance ?? 0n;

  it("mints to the sender, then sends the value; no fee", () => {
    const { receipts, state } = run({ to: RECEIVER, mint: MINT, value: MINT / 4n });
    expect(receipts).to.deep.equal([
      { type: 0x7e, success: true, cumulativeGas: 21_000n, logs: 0, depositNonce: 0n, version: 1n },
    ]);
    expect(balanceOf(state, SENDER)).to.equal(MINT - MINT / 4n);
    expect(balanceOf(state, RECEIVER)).to.equal(MINT / 4n);
    expect(state.account(SENDER)?.nonce).to.equal(1n);
  });

  it("keeps mint and nonce when there is less ether than value, and takes all the gas", () => {
    const { receipts, state } = run({ to: RECEIVER, mint: 5n, value: 6n, gasLimit: 50_000n });
    expect(receipts[0]).to.include({ success: false, cumulativeGas: 50_000n });
    expect(balanceOf(state, SENDER)).to.equal(5n);
    expect(state.account(SENDER)?.nonce).to.equal(1n);
    expect(state.account(RECEIVER)).to.equal(undefined);
  });

  it("keeps mint and nonce when the gas is below the intrinsic gas, and takes it", () => {
    const { receipts, state } = run({ to: RECEIVER, mint: 5n, value: 1n, gasLimit: 20_000n });
    expect(receipts[0]).to.include({ success: false, cumulativeGas: 20_000n });
    expect(balanceOf(state, SENDER)).to.equal(5n);
    expect(state.account(SENDER)?.nonce).to.equal(1n);
  });

  it("creates at the address of the nonce before, and charges what it used", () => {
    const created = getCreateAddress({ from: SENDER, nonce: 0 }).toLowerCase() as Hex;
    // Stores the origin, the gas price and the caller.
    const runtime = "325f553a60015533600255";
    const call = { to: created, mint: 0n, value: 0n, gasLimit: 200_000n };
    const creation = { isCreation: true, data: deploying(runtime), mint: 0n, value: 0n, gasLimit: 200_000n };
    const { receipts, state } = run(creation, call);
    expect(receipts.map(({ success, depositNonce }) => [success, depositNonce])).to.deep.equal([
      [true, 0n],
      [true, 1n],
    ]);
    expect(toHex(state.code(created))).to.equal(`0x${runtime}`);
    expect(state.storage(created, 0n)).to.equal(BigInt(SENDER));
    expect(state.storage(created, 1n)).to.equal(0n);
    expect(state.storage(created, 2n)).to.equal(BigInt(SENDER));
    expect(receipts[1].cumulativeGas < 200_000n).to.equal(true);
  });

  it("undoes what a call that reverts did, but for mint and nonce, and charges what it used", () => {
    const created = getCreateAddress({ from: SENDER, nonce: 0 }).toLowerCase() as Hex;
    // Stores, logs, reverts.
    const creation = {
      isCreation: true,
      data: deploying("60015f555f5fa05f5ffd"),
      mint: 0n,
      value: 0n,
      gasLimit: 200_000n,
    };
    const { receipts, state } = run(creation, { to: created, mint: 9n, value: 4n, gasLimit: 200_000n });
    const used = receipts[1].cumulativeGas - receipts[0].cumulativeGas;
    expect(receipts[1]).to.include({ success: false, logs: 0 });
    expect(used > 43_000n && used < 45_000n).to.equal(true);
    expect(balanceOf(state, SENDER)).to.equal(9n);
    expect(balanceOf(state, created)).to.equal(0n);
    expect(state.storage(created, 0n)).to.equal(0n);
    expect(state.account(SENDER)?.nonce).to.equal(2n);
  });

  it("gives back what clearing storage refunds, at most a fifth", () => {
    const created = getCreateAddress({ from: SENDER, nonce: 0 }).toLowerCase() as Hex;
    // Slot 0: the call data's first word.
    const creation = { isCreation: true, data: deploying("5f355f55"), mint: 0n, value: 0n, gasLimit: 200_000n };
    const call = (word: string) => ({
      to: created,
      data: fromHex(`0x${word}`),
      mint: 0n,
      value: 0n,
      gasLimit: 200_000n,
    });
    const { receipts } = run(creation, call("01".padStart(64, "0")), call("00".repeat(32)));
    const [filled, cleared] = [1, 2].map((at) => receipts[at].cumulativeGas - receipts[at - 1].cumulativeGas);
    // 21,000, 32 bytes of data, three opcodes of 2 or 3, SSTORE; less 4,800 when it clears.
    expect(filled).to.equal(21_000n + 31n * 4n + 16n + 7n + 22_100n);
    expect(cleared).to.equal(21_000n + 32n * 4n + 7n + 5000n - 4800n);
  });

  it("lets an account with code send, and the next deposit see what this one did", () => {
    const created = getCreateAddress({ from: SENDER, nonce: 0 }).toLowerCase() as Hex;
    const creation = { isCreation: true, data: deploying("00"), mint: 0n, value: 0n, gasLimit: 200_000n };
    const { receipts, state } = run(creation, { sender: created, to: SIGNER.address, mint: 3n, value: 3n });
    expect(receipts[1]).to.include({ success: true, depositNonce: 1n });
    expect(state.account(created)?.nonce).to.equal(2n);
  });
});
