import hre from "hardhat";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { type Contract, type ContractTransactionResponse, ZeroHash } from "ethers";
import { expectPinned } from "../support/snapshot";
import { createL2Token } from "./support/conservation";
import { deployBothLayers, ETHER, executeMessage, messagesOf, predeploys, type System } from "./support/system";
import { assertNow, messageSlot, withdrawalOf } from "./support/withdrawals";

const FILE = "gas.bridge";
const TARGET = "0x00000000000000000000000000000000000000aa";
let system: System;

/** Gas of the whole transaction. */
async function transactionGas(sent: Promise<ContractTransactionResponse>): Promise<number> {
  return Number((await (await sent).wait())!.gasUsed);
}

/** What the contract itself uses, from the trace: neither the transaction's base cost nor its calldata. */
async function executionGas(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const { hash } = await sent;
  const options = { disableStorage: true, disableMemory: true, disableStack: true };
  const trace = (await hre.network.provider.send("debug_traceTransaction", [hash, options])) as {
    structLogs: { gas: number; gasCost: number }[];
  };
  const [first, last] = [trace.structLogs[0], trace.structLogs[trace.structLogs.length - 1]];
  return first.gas - last.gas + last.gasCost;
}

describe("Gas of inbox and bridge", () => {
  beforeEach(async () => {
    system = await loadFixture(deployBothLayers);
  });

  for (const [size, bound] of [
    [4_096, 70_000],
    [120_000, 110_000],
  ]) {
    it(`posts a batch of ${size} bytes`, async () => {
      const post = system.inbox.connect(system.sequencer).getFunction("postBatch");
      await (await system.inbox.sendMessage(TARGET, 0, 21_000, false, "0x")).wait();
      await (await post(0, ZeroHash, 0, ZeroHash, "0x")).wait();
      const record = await system.inbox.batchRecord(0);
      const message = await system.inbox.messageHash(0);
      const data = hre.ethers.hexlify(new Uint8Array(size).fill(0xa5));
      const gas = await executionGas(post(1, record, 1, message, data) as never);
      expectPinned(FILE, `inbox: post batch of ${size} bytes (execution)`, gas, bound);
    });
  }

  it("deposits ether with 25,000 gas on L2", async () => {
    const call = system.portal.connect(system.user).getFunction("depositTransaction");
    const deposit = () => call(TARGET, ETHER, 25_000, false, "0x", { value: ETHER }) as never;
    expectPinned(FILE, "portal: deposit ether, the first message", await transactionGas(deposit()), 120_000);
    expectPinned(FILE, "portal: deposit ether, a later one", await transactionGas(deposit()), 120_000);
  });

  it("sends a message and forces it in", async () => {
    const send = system.inbox.sendMessage(TARGET, 0, 21_000, false, "0x");
    expectPinned(FILE, "inbox: send message with 21,000 gas", await transactionGas(send as never), 120_000);
    await hre.network.provider.send("evm_increaseTime", [10_000]);
    const force = system.inbox.forceInclude(0, 1);
    expectPinned(FILE, "inbox: force a message in", await transactionGas(force as never), 100_000);
  });

  it("deposits a token and mints it", async () => {
    const token = (await hre.ethers.deployContract("OrdinaryToken")) as unknown as Contract;
    const user = await system.user.getAddress();
    await (await token.mint(user, 1000)).wait();
    await (await token.connect(system.user as never).getFunction("approve")(system.tokenBridge.target, 1000)).wait();
    const l2Token = await createL2Token(token);
    const call = system.tokenBridge.connect(system.user).getFunction("depositToken");
    const response = (await call(token.target, l2Token.target, user, 400)) as ContractTransactionResponse;
    const gas = await transactionGas(Promise.resolve(response));
    expectPinned(FILE, "token bridge: deposit, the first of a token", gas, 260_000);
    const mint = await executeMessage(messagesOf(system, await response.wait())[0]);
    expectPinned(FILE, "L2 bridge: mint, the first of a token", Number(mint!.gasUsed), 150_000);
    const again = call(token.target, l2Token.target, user, 600);
    expectPinned(FILE, "token bridge: deposit, a later one", await transactionGas(again as never), 260_000);
  });

  for (const [name, count, bound] of [
    ["one withdrawal", 0, 200_000],
    ["100,000 withdrawals", 100_000, 280_000],
  ] as const) {
    it(`proves and finalises with ${name} in the trie`, async () => {
      const { messagePasser } = await predeploys();
      const start = messagePasser.connect(system.user).getFunction("initiateWithdrawal");
      const withdrawal = await withdrawalOf(await (await start(TARGET, 21_000, "0x", { value: ETHER })).wait());
      const others: Record<string, string> = {};
      for (let i = 0; i < count; i++) others[messageSlot(`0x${i.toString(16).padStart(64, "0")}`)] = "0x01";
      const asserted = await assertNow(system, others);
      const proof = asserted.storageProof(withdrawal.withdrawalHash);
      const prove = system.portal.connect(system.user).getFunction("proveWithdrawalTransaction");
      const gas = await transactionGas(prove(withdrawal, asserted.index, asserted.proof, proof) as never);
      expectPinned(FILE, `portal: prove with ${name} in the trie`, gas, bound);
      await (await system.queue.decide(asserted.index, 1)).wait();
      const finalize = system.portal.connect(system.user).getFunction("finalizeWithdrawalTransaction");
      expectPinned(FILE, "portal: finalize", await transactionGas(finalize(withdrawal) as never), 120_000);
    });
  }
});
