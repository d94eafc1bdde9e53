import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, mine } from "@nomicfoundation/hardhat-network-helpers";
import { AbiCoder, concat, encodeRlp, keccak256, toBeHex, toQuantity, ZeroHash } from "ethers";
import { parseEther, type Hex as ViemHex } from "viem";
import { getL2TransactionHashes, getWithdrawals } from "viem/op-stack";
import type { Hex } from "../../protocol/types";
import { expectPinned } from "../support/snapshot";
import { fetchHeader } from "./support/header";
import { assertHeader, waitOut } from "./support/assertions";
import { deployRealSystem, executeMessage, messagesOf } from "./support/system";
import { createClients } from "./support/viemChains";
import { passerStorage, proveStorage } from "./support/withdrawals";

const RECEIVER = "0x00000000000000000000000000000000000000cc";

async function start() {
  const system = await loadFixture(deployRealSystem);
  const account = (await system.user.getAddress()) as ViemHex;
  return { system, account, clients: createClients(system.deployment, account) };
}

interface End {
  number: bigint;
}

/** Asserts the newest block of "L2", or the one given. @returns also that block. */
async function assertLatest({ system }: Awaited<ReturnType<typeof start>>, end?: End, past?: Hex) {
  const { header } = await fetchHeader(end === undefined ? "latest" : toQuantity(end.number));
  const storage = proveStorage(await passerStorage(header.number));
  const assertion = await assertHeader(system.deployment, system.other, header, storage.root, past);
  return [assertion, { number: BigInt(header.number) }] as const;
}

describe("viem/op-stack, unmodified", () => {
  it("deposits, and predicts the hash that L2 accepts as an alias", async () => {
    const { system, account, clients } = await start();
    const { publicL1, publicL2, walletL1 } = clients;
    const args = await publicL2.buildDepositTransaction({ account, mint: parseEther("1"), to: account });
    const hash = await walletL1.depositTransaction(args);
    const receipt = await publicL1.waitForTransactionReceipt({ hash });
    const [l2Hash] = getL2TransactionHashes(receipt);
    const [message] = messagesOf(system, (await hre.ethers.provider.getTransactionReceipt(hash)) as never);
    // The OP Stack's source hash of a user deposit: domain 0, L1 block hash, log index.
    const log = receipt.logs.find(({ address }) => address === system.deployment.addresses.portal)!;
    const place = keccak256(concat([receipt.blockHash, toBeHex(log.logIndex, 32)]));
    const sourceHash = keccak256(concat([toBeHex(0, 32), place]));
    const hex = (value: bigint) => toBeHex(value);
    const fields = [sourceHash, message.sender, message.to, hex(message.mint), hex(message.value)];
    const expected = keccak256(concat(["0x7e", encodeRlp([...fields, hex(message.gasLimit), "0x", message.data])]));
    expect(l2Hash).to.equal(expected);
    expect(message).to.include({ sender: account, mint: parseEther("1"), value: parseEther("1") });
    await executeMessage(message);
  });

  it("deposits a contract creation", async () => {
    const { system, account, clients } = await start();
    const hash = await clients.walletL1.depositTransaction({
      account,
      request: { gas: 100_000n, isCreation: true, data: "0x6001600155" },
      targetChain: clients.l2,
    });
    const receipt = await hre.ethers.provider.getTransactionReceipt(hash);
    expect(messagesOf(system, receipt as never)[0]).to.include({ isCreation: true, data: "0x6001600155" });
  });

  it("withdraws: status, prove, finalize", async () => {
    const context = await start();
    const { account, clients } = context;
    const { publicL1, publicL2, walletL1, walletL2, l2 } = clients;
    // Its gas is given: what an estimate says moves the hash, and with it the shape of the proof whose gas is pinned.
    const withdrawn = { account, to: RECEIVER, value: parseEther("2"), gas: 100_000n } as const;
    const request = await publicL1.buildInitiateWithdrawal(withdrawn);
    const started = await walletL2.initiateWithdrawal(request as never);
    const receipt = await publicL2.waitForTransactionReceipt({ hash: started });
    const [withdrawal] = getWithdrawals(receipt);
    const status = () => publicL1.getWithdrawalStatus({ receipt, targetChain: l2 } as never);
    expect(await status()).to.equal("waiting-to-prove");

    await mine(3);
    const [assertion] = await assertLatest(context);
    expect(await status()).to.equal("ready-to-prove");
    const waited = await publicL1.waitToProve({ receipt, targetChain: l2 } as never);
    expect(waited.withdrawal.withdrawalHash).to.equal(withdrawal.withdrawalHash);
    const output = await publicL1.getL2Output({ l2BlockNumber: receipt.blockNumber, targetChain: l2 } as never);
    expect(output.outputRoot).to.equal(assertion.outputRoot);
    expect(output.outputIndex).to.equal(assertion.index);
    const proveArgs = await publicL2.buildProveWithdrawal({ account, ...waited } as never);
    const proven = await walletL1.proveWithdrawal(proveArgs as never);
    const provenReceipt = await publicL1.waitForTransactionReceipt({ hash: proven });
    expect(provenReceipt.status).to.equal("success");
    // How many nodes a proof from two entries has follows from their hashes, which the addresses of other files' deployments move.
    const { withdrawalProof } = proveArgs as unknown as { withdrawalProof: string[] };
    const { input } = await publicL1.getTransaction({ hash: proven });
    const used = Number(provenReceipt.gasUsed) - calldataGas(input);
    const nodes = withdrawalProof.length;
    expectPinned("gas.bridge", `portal: prove against a real queue, ${nodes} nodes, calldata apart`, used, 160_000);
    expect(await status()).to.equal("waiting-to-finalize");
    const { withdrawalHash } = withdrawal;
    const { period, seconds } = await publicL1.getTimeToFinalize({ withdrawalHash, targetChain: l2 } as never);
    expect(period).to.equal(0);
    expect(seconds > 0).to.equal(true);

    await assertion.confirm();
    expect(await status()).to.equal("ready-to-finalize");
    const finalized = await walletL1.finalizeWithdrawal({ account, targetChain: l2, withdrawal } as never);
    const paid = await publicL1.waitForTransactionReceipt({ hash: finalized });
    expect(paid.status).to.equal("success");
    expectPinned("gas.bridge", "portal: finalize against a real queue", Number(paid.gasUsed), 120_000);
    expect(await status()).to.equal("finalized");
    expect(await publicL1.getBalance({ address: RECEIVER })).to.equal(parseEther("2"));
  });

  it("finalises by another's proof", async () => {
    const context = await start();
    const { account, clients } = context;
    const { publicL1, publicL2, walletL1, walletL2, l2 } = clients;
    const other = createClients(context.system.deployment, (await context.system.other.getAddress()) as ViemHex);
    const request = await publicL1.buildInitiateWithdrawal({ account, to: RECEIVER, value: 5n });
    const receipt = await publicL2.waitForTransactionReceipt({
      hash: await walletL2.initiateWithdrawal(request as never),
    });
    const [withdrawal] = getWithdrawals(receipt);
    const [assertion] = await assertLatest(context);
    const game = await publicL1.getGame({ l2BlockNumber: receipt.blockNumber, targetChain: l2 } as never);
    expect(game.index).to.equal(assertion.index);
    const proveArgs = await publicL2.buildProveWithdrawal({ account, game, withdrawal } as never);
    await walletL1.proveWithdrawal(proveArgs as never);
    await assertion.confirm();
    const hash = await other.walletL1.finalizeWithdrawal({
      account: await context.system.other.getAddress(),
      proofSubmitter: account,
      targetChain: l2,
      withdrawal,
    } as never);
    expect((await publicL1.waitForTransactionReceipt({ hash })).status).to.equal("success");
  });

  it("V49 sends a withdrawal back to be proven when a rival of its assertion is confirmed", async () => {
    const context = await start();
    const { account, clients } = context;
    const { publicL1, publicL2, walletL1, walletL2, l2 } = clients;
    const request = await publicL1.buildInitiateWithdrawal({ account, to: RECEIVER, value: 5n });
    const receipt = await publicL2.waitForTransactionReceipt({
      hash: await walletL2.initiateWithdrawal(request as never),
    });
    const [withdrawal] = getWithdrawals(receipt);
    const [honest, end] = await assertLatest(context);
    await waitOut(context.system.deployment);
    const [rival] = await assertLatest(context, end, ZeroHash as Hex);
    const output = { outputIndex: rival.index, outputRoot: rival.outputRoot, timestamp: 0n, l2BlockNumber: end.number };
    const proveArgs = await publicL2.buildProveWithdrawal({ account, output, withdrawal } as never);
    await walletL1.proveWithdrawal(proveArgs as never);
    const status = () => publicL1.getWithdrawalStatus({ receipt, targetChain: l2 } as never);
    expect(await publicL1.getGames({ targetChain: l2 } as never)).to.deep.equal([]);
    await honest.confirm();
    expect(await status()).to.equal("ready-to-prove");

    const [game] = await publicL1.getGames({ targetChain: l2 } as never);
    expect(game.index).to.equal(honest.index);
    expect(AbiCoder.defaultAbiCoder().decode(["uint256"], game.extraData)[0]).to.equal(game.l2BlockNumber);
    const again = await publicL2.buildProveWithdrawal({ account, game, withdrawal } as never);
    await walletL1.proveWithdrawal(again as never);
    expect(await status()).to.equal("ready-to-finalize");
  });
});

/** Gas of the bytes of a transaction's input; Source: EIP-2028. */
function calldataGas(input: string): number {
  const bytes = input.slice(2).match(/../g) ?? [];
  return bytes.reduce((sum, byte) => sum + (byte === "00" ? 4 : 16), 0);
}
