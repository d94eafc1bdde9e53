import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { ZeroAddress, ZeroHash, hexlify, randomBytes } from "ethers";
import { expectEtherCovered } from "./support/conservation";
import { deployBothLayers, ETHER, executeMessage, messagesOf, predeploys, type System } from "./support/system";
import { assertNow, completeWithdrawal, messageSlot, withdrawalOf, type Withdrawal } from "./support/withdrawals";

const WON = 1;
const LOST = 2;
let system: System;

async function withdraw(target: string, value: bigint, gasLimit = 100_000n, data = "0x"): Promise<Withdrawal> {
  const { messagePasser } = await predeploys();
  const call = messagePasser.connect(system.user).getFunction("initiateWithdrawal");
  return withdrawalOf(await (await call(target, gasLimit, data, { value })).wait());
}

async function receiver(mode = 0, again = "0x") {
  const contract = await hre.ethers.deployContract("Receiver", [system.portal.target]);
  await (await contract.setMode(mode, again)).wait();
  return { contract, hit: contract.interface.encodeFunctionData("hit") };
}

function prove(withdrawal: Withdrawal, asserted: Awaited<ReturnType<typeof assertNow>>, by = system.user) {
  const proof = asserted.storageProof(withdrawal.withdrawalHash);
  const call = system.portal.connect(by).getFunction("proveWithdrawalTransaction");
  return call(withdrawal, asserted.index, asserted.proof, proof);
}

function finalize(withdrawal: Withdrawal, by = system.user, overrides = {}) {
  return system.portal.connect(by).getFunction("finalizeWithdrawalTransaction")(withdrawal, overrides);
}

const refusal = (error: string) => [system.portal, error] as const;

describe("Portal: deposits", () => {
  beforeEach(async () => {
    system = await loadFixture(deployBothLayers);
  });
  afterEach(() => expectEtherCovered(system));

  it("escrows ether and sends a message that mints it", async () => {
    const user = await system.user.getAddress();
    const call = system.portal.connect(system.user).getFunction("depositTransaction");
    const sent = await call("0x00000000000000000000000000000000000000aa", 2n * ETHER, 50_000, false, "0x1234", {
      value: 3n * ETHER,
    });
    await expect(sent)
      .to.emit(system.portal, "TransactionDeposited")
      .withArgs(
        user,
        "0x00000000000000000000000000000000000000AA",
        0,
        hre.ethers.solidityPacked(
          ["uint256", "uint256", "uint64", "bool", "bytes"],
          [3n * ETHER, 2n * ETHER, 50_000, false, "0x1234"],
        ),
      );
    const [message] = messagesOf(system, await sent.wait());
    expect(message).to.include({
      sender: user,
      mint: 3n * ETHER,
      value: 2n * ETHER,
      gasLimit: 50_000n,
      data: "0x1234",
    });
  });

  it("takes ether sent without calldata as a deposit to the sender", async () => {
    const user = await system.user.getAddress();
    const sent = await system.user.sendTransaction({ to: system.portal.target, value: ETHER });
    const [message] = messagesOf(system, (await sent.wait()) as never);
    expect(message).to.include({ sender: user, to: user, mint: ETHER, value: ETHER, gasLimit: 100_000n });
  });

  it("B4 takes ether that a contract sends as a deposit to its alias, which is its own on L2", async () => {
    const relay = await hre.ethers.deployContract("Relay");
    const sent = await relay.relay(system.portal.target, "0x", { value: 7n });
    const harness = await hre.ethers.deployContract("InboxHarness");
    const own = (await harness.aliased(relay.target)) as string;
    const [message] = messagesOf(system, await sent.wait());
    expect(message).to.include({ sender: own, to: own, mint: 7n, value: 7n });
    const before = await hre.ethers.provider.getBalance(own);
    await executeMessage(message);
    expect(await hre.ethers.provider.getBalance(own)).to.equal(before + 7n);
    // What it then has there, it can move: by a message, whose sender is that same alias.
    const spend = system.inbox.interface.encodeFunctionData("sendMessage", [ZeroAddress, 7n, 50_000, false, "0x"]);
    const [next] = messagesOf(system, await (await relay.relay(system.inbox.target, spend)).wait());
    expect(next).to.include({ sender: own, value: 7n });
  });

  it("aliases a contract's deposit", async () => {
    const relay = await hre.ethers.deployContract("Relay");
    const data = system.portal.interface.encodeFunctionData("depositTransaction", [ZeroAddress, 0, 60_000, true, "0x"]);
    const sent = await relay.relay(system.portal.target, data, { value: 5n });
    const harness = await hre.ethers.deployContract("InboxHarness");
    expect(messagesOf(system, await sent.wait())[0].sender).to.equal(await harness.aliased(relay.target));
  });

  it("refuses a creation with a target, and what the Inbox refuses", async () => {
    const deposit = system.portal.getFunction("depositTransaction");
    await expect(deposit(system.portal.target, 0, 60_000, true, "0x")).to.be.revertedWithCustomError(
      ...refusal("OptimismPortal_BadTarget"),
    );
    await expect(deposit(system.portal.target, 0, 20_999, false, "0x")).to.be.revertedWithCustomError(
      system.inbox,
      "GasLimitTooLow",
    );
  });

  it("V09 is only made with its peers and the exact balance of genesis", async () => {
    const factory = await hre.ethers.getContractFactory("Portal");
    const elsewhere = system.queue.target as string;
    await expect(factory.deploy(system.inbox.target, elsewhere, 0)).to.be.revertedWithCustomError(factory, "WrongPeer");
    const deployer = await hre.ethers.getContractAt("Deployer", system.deployment.deployer);
    const next = await deployer.addressOf(await system.deployer.getAddress(), ZeroHash);
    const inboxFactory = await hre.ethers.getContractFactory("Inbox");
    const inbox = await inboxFactory.deploy(await system.sequencer.getAddress(), next, 30_000_000, 3_600);
    const queue = (await hre.ethers.deployContract("TestQueue", [inbox.target])).target as string;
    const initCode = (queueAt: string) => factory.getDeployTransaction(inbox.target, queueAt, 5n);
    const deploy = async (queueAt: string, value: bigint) =>
      deployer.deploy(ZeroHash, (await initCode(queueAt)).data, { value });
    for (const value of [0n, 4n, 6n]) {
      await expect(deploy(queue, value))
        .to.be.revertedWithCustomError(factory, "WrongGenesisBalance")
        .withArgs(value, 5n);
    }
    for (const wrong of [next, elsewhere]) {
      await expect(deploy(wrong, 5n)).to.be.revertedWithCustomError(factory, "WrongPeer");
    }
    await (await deploy(queue, 5n)).wait();
    const portal = factory.attach(next) as typeof system.portal;
    expect(await portal.genesisBalance()).to.equal(5n);
  });
});

describe("Portal: proving", () => {
  let withdrawal: Withdrawal;
  beforeEach(async () => {
    system = await loadFixture(deployBothLayers);
    withdrawal = await withdraw(await system.other.getAddress(), ETHER);
  });
  afterEach(() => expectEtherCovered(system));

  it("V48 keeps a proof for each submitter and takes another one in its place", async () => {
    const first = await assertNow(system);
    const second = await assertNow(system);
    const [user, other] = [await system.user.getAddress(), await system.other.getAddress()];
    await expect(prove(withdrawal, first))
      .to.emit(system.portal, "WithdrawalProven")
      .withArgs(withdrawal.withdrawalHash, withdrawal.sender, withdrawal.target)
      .and.to.emit(system.portal, "WithdrawalProvenExtension1")
      .withArgs(withdrawal.withdrawalHash, user);
    await (await prove(withdrawal, second, system.other)).wait();
    const game = async (submitter: string) =>
      (await system.portal.provenWithdrawals(withdrawal.withdrawalHash, submitter)).disputeGameProxy;
    expect(await game(user)).to.equal(await system.queue.list(first.index));
    expect(await game(other)).to.equal(await system.queue.list(second.index));
    await (await prove(withdrawal, second)).wait();
    expect(await game(user)).to.equal(await system.queue.list(second.index));
    expect(await system.portal.numProofSubmitters(withdrawal.withdrawalHash)).to.equal(3n);
    for (const [index, submitter] of [user, other, user].entries()) {
      expect(await system.portal.proofSubmitters(withdrawal.withdrawalHash, index)).to.equal(submitter);
    }
    await expect(system.portal.proofSubmitters(withdrawal.withdrawalHash, 3)).to.be.revertedWithCustomError(
      ...refusal("OptimismPortal_Unproven"),
    );
  });

  it("V49 takes only the preimage of that very assertion's output root", async () => {
    const asserted = await assertNow(system);
    const keys = ["version", "stateRoot", "messagePasserStorageRoot", "latestBlockhash"] as const;
    for (const key of keys) {
      const wrong = { ...asserted, proof: { ...asserted.proof, [key]: hexlify(randomBytes(32)) } };
      await expect(prove(withdrawal, wrong)).to.be.revertedWithCustomError(
        ...refusal("OptimismPortal_InvalidOutputRootProof"),
      );
    }
    const later = await assertNow(system);
    await expect(prove(withdrawal, { ...asserted, index: later.index })).to.be.revertedWithCustomError(
      ...refusal("OptimismPortal_InvalidOutputRootProof"),
    );
    await (await prove(withdrawal, asserted)).wait();
  });

  it("V10 refuses an assertion that does not exist and one of another type", async () => {
    const asserted = await assertNow(system);
    await expect(prove(withdrawal, { ...asserted, index: 7n })).to.be.reverted;
    await (await system.queue.setGameType(1)).wait();
    await expect(prove(withdrawal, asserted)).to.be.revertedWithCustomError(
      ...refusal("OptimismPortal_InvalidDisputeGame"),
    );
  });

  it("V52 V36 takes only the trie nodes of that very withdrawal, each once", async () => {
    const decoy = await withdraw(await system.other.getAddress(), 2n);
    const asserted = await assertNow(system);
    const proof = asserted.storageProof(withdrawal.withdrawalHash);
    const call = (tx: object, nodes: string[]) =>
      system.portal.getFunction("proveWithdrawalTransaction")(tx, asserted.index, asserted.proof, nodes);
    const invalid = refusal("OptimismPortal_InvalidMerkleProof");
    const changes: Partial<Withdrawal>[] = [
      { nonce: withdrawal.nonce + 1n },
      { sender: withdrawal.target },
      { target: withdrawal.sender },
      { value: withdrawal.value + 1n },
      { gasLimit: withdrawal.gasLimit - 1n },
      { data: "0x00" },
    ];
    for (const change of changes) {
      // Where the path ends in an empty slot, the RLP reader refuses first.
      await expect(call({ ...withdrawal, ...change }, proof)).to.be.reverted;
    }
    await expect(call(withdrawal, [...proof, proof[proof.length - 1]])).to.be.revertedWithCustomError(...invalid);
    await expect(call(withdrawal, ["0x", ...proof])).to.be.revertedWithCustomError(...invalid);
    await expect(call(withdrawal, proof.slice(0, -1))).to.be.revertedWithCustomError(...invalid);
    await expect(call(withdrawal, [])).to.be.revertedWithCustomError(...invalid);
    await expect(call(withdrawal, asserted.storageProof(decoy.withdrawalHash))).to.be.reverted;
    await (await call(withdrawal, proof)).wait();
  });

  it("takes no slot that holds anything but true", async () => {
    const fake = { ...withdrawal, nonce: 99n };
    const coder = hre.ethers.AbiCoder.defaultAbiCoder();
    const hash = hre.ethers.keccak256(
      coder.encode(
        ["uint256", "address", "address", "uint256", "uint256", "bytes"],
        [fake.nonce, fake.sender, fake.target, fake.value, fake.gasLimit, fake.data],
      ),
    );
    const asserted = await assertNow(system, { [messageSlot(hash)]: "0x02" });
    await expect(prove({ ...fake, withdrawalHash: hash }, asserted)).to.be.revertedWithCustomError(
      ...refusal("OptimismPortal_InvalidMerkleProof"),
    );
  });

  it("V50 refuses the system's own contracts as targets", async () => {
    for (const target of [system.portal.target, system.inbox.target, system.queue.target]) {
      const own = await withdraw(target as string, 0n);
      await expect(prove(own, await assertNow(system))).to.be.revertedWithCustomError(
        ...refusal("OptimismPortal_BadTarget"),
      );
      await expect(finalize(own)).to.be.revertedWithCustomError(...refusal("OptimismPortal_BadTarget"));
    }
  });
});

describe("Portal: finalising", () => {
  beforeEach(async () => {
    system = await loadFixture(deployBothLayers);
  });
  afterEach(() => expectEtherCovered(system));

  async function confirmed(withdrawal: Withdrawal): Promise<void> {
    const asserted = await assertNow(system);
    await (await prove(withdrawal, asserted)).wait();
    await (await system.queue.decide(asserted.index, WON)).wait();
  }

  it("pays once, and only once the assertion is confirmed", async () => {
    const other = await system.other.getAddress();
    const withdrawal = await withdraw(other, ETHER);
    const { withdrawalHash } = withdrawal;
    await expect(finalize(withdrawal)).to.be.revertedWithCustomError(...refusal("OptimismPortal_Unproven"));
    const asserted = await assertNow(system);
    await (await prove(withdrawal, asserted)).wait();
    await expect(finalize(withdrawal)).to.be.revertedWithCustomError(...refusal("OptimismPortal_InvalidRootClaim"));
    await (await system.queue.decide(asserted.index, WON)).wait();
    await expect(finalize(withdrawal, system.other)).to.be.revertedWithCustomError(
      ...refusal("OptimismPortal_Unproven"),
    );
    await expect(finalize(withdrawal)).to.changeEtherBalances([system.portal, other], [-ETHER, ETHER]);
    expect(await system.portal.finalizedWithdrawals(withdrawalHash)).to.equal(true);
    for (const by of [system.user, system.other]) {
      await expect(finalize(withdrawal, by)).to.be.revertedWithCustomError(
        ...refusal("OptimismPortal_AlreadyFinalized"),
      );
    }
    await (await prove(withdrawal, asserted, system.other)).wait();
    await expect(finalize(withdrawal, system.other)).to.be.revertedWithCustomError(
      ...refusal("OptimismPortal_AlreadyFinalized"),
    );
  });

  it("V49 never pays by an assertion that lost, and pays after a proof against another", async () => {
    const withdrawal = await withdraw(await system.other.getAddress(), ETHER);
    const lost = await assertNow(system);
    await (await prove(withdrawal, lost)).wait();
    await (await system.queue.decide(lost.index, LOST)).wait();
    await expect(finalize(withdrawal)).to.be.revertedWithCustomError(...refusal("OptimismPortal_InvalidRootClaim"));
    await confirmed(withdrawal);
    await expect(finalize(withdrawal)).to.emit(system.portal, "WithdrawalFinalized");
  });

  it("V58 lets anyone finalise by the proof of another, for the target and not for the caller", async () => {
    const target = "0x00000000000000000000000000000000000000ee";
    const withdrawal = await withdraw(target, ETHER);
    await confirmed(withdrawal);
    const user = await system.user.getAddress();
    const call = system.portal.connect(system.other).getFunction("finalizeWithdrawalTransactionExternalProof");
    await expect(call(withdrawal, user)).to.changeEtherBalances([system.portal, target, user], [-ETHER, ETHER, 0n]);
  });

  it("shows the sender on L2 during the call and nothing after it", async () => {
    const { contract, hit } = await receiver();
    const withdrawal = await withdraw(contract.target as string, 5n, 100_000n, hit);
    await confirmed(withdrawal);
    await (await finalize(withdrawal)).wait();
    expect(await contract.sender()).to.equal(await system.user.getAddress());
    expect(await contract.received()).to.equal(5n);
    expect(await system.portal.l2Sender()).to.equal(ZeroAddress);
  });

  it("V50 leaves nothing behind when the call fails, and can be tried again", async () => {
    const { contract, hit } = await receiver(1);
    const withdrawal = await withdraw(contract.target as string, 5n, 100_000n, hit);
    await confirmed(withdrawal);
    await expect(finalize(withdrawal))
      .to.be.revertedWithCustomError(...refusal("WithdrawalFailed"))
      .withArgs(withdrawal.withdrawalHash);
    expect(await system.portal.l2Sender()).to.equal(ZeroAddress);
    expect(await system.portal.finalizedWithdrawals(withdrawal.withdrawalHash)).to.equal(false);
    await (await contract.setMode(0, "0x")).wait();
    await (await finalize(withdrawal)).wait();
    expect(await contract.received()).to.equal(5n);
  });

  it("V51 copies no return data", async () => {
    const { contract, hit } = await receiver(2);
    const withdrawal = await withdraw(contract.target as string, 0n, 3_000_000n, hit);
    await confirmed(withdrawal);
    const { gasUsed } = (await (await finalize(withdrawal, system.user, { gasLimit: 8_000_000 })).wait())!;
    // A million bytes cost the callee about two million gas; copying them would cost that again.
    expect(gasUsed < 2_400_000n, String(gasUsed)).to.equal(true);
  });

  it("V51 gives the call at least the gas it was promised, else reverts", async () => {
    const { contract, hit } = await receiver(3);
    const withdrawal = await withdraw(contract.target as string, 0n, 500_000n, hit);
    await confirmed(withdrawal);
    await expect(finalize(withdrawal, system.user, { gasLimit: 520_000 })).to.be.revertedWithCustomError(
      ...refusal("InsufficientGas"),
    );
    await (await finalize(withdrawal, system.user, { gasLimit: 700_000 })).wait();
    expect(BigInt(await contract.innerError()) > 400_000n).to.equal(true);
    const dearest = await withdraw(contract.target as string, 0n, 15_000_000n, hit);
    await confirmed(dearest);
    await expect(finalize(dearest, system.user, { gasLimit: 15_100_000 })).to.be.revertedWithCustomError(
      ...refusal("InsufficientGas"),
    );
  });

  it("V50 refuses to finalise from within a finalisation", async () => {
    const inner = await withdraw(await system.other.getAddress(), 1n);
    await confirmed(inner);
    const again = system.portal.interface.encodeFunctionData("finalizeWithdrawalTransactionExternalProof", [
      inner,
      await system.user.getAddress(),
    ]);
    const { contract, hit } = await receiver(4, again);
    const outer = await withdraw(contract.target as string, 0n, 400_000n, hit);
    await confirmed(outer);
    await (await finalize(outer)).wait();
    expect(await contract.innerError()).to.equal(
      system.portal.interface.getError("OptimismPortal_NoReentrancy")!.selector,
    );
    await (await finalize(inner)).wait();
  });

  it("V48 cannot pay the same withdrawal twice through its own target", async () => {
    const { contract, hit } = await receiver(4);
    const withdrawal = await withdraw(contract.target as string, 1n, 400_000n, hit);
    const user = await system.user.getAddress();
    const fragment = "finalizeWithdrawalTransactionExternalProof";
    await (await contract.setMode(4, system.portal.interface.encodeFunctionData(fragment, [withdrawal, user]))).wait();
    await confirmed(withdrawal);
    await (await finalize(withdrawal)).wait();
    expect(await contract.received()).to.equal(1n);
  });

  it("lets a target deposit what it got", async () => {
    const { contract, hit } = await receiver(5);
    const withdrawal = await withdraw(contract.target as string, 9n, 400_000n, hit);
    await confirmed(withdrawal);
    const [message] = messagesOf(system, await (await finalize(withdrawal)).wait());
    expect(message.mint).to.equal(9n);
  });

  it("does not notice ether that is forced in", async () => {
    const withdrawal = await withdraw(await system.other.getAddress(), 1n);
    await setBalance(system.deployment.addresses.portal, 500n * ETHER);
    await completeWithdrawal(system, withdrawal);
  });

  it("says what viem reads", async () => {
    expect(await system.portal.version()).to.equal("5.0.0");
    expect(await system.portal.respectedGameType()).to.equal(100n);
    expect(await system.portal.respectedGameTypeUpdatedAt()).to.equal(0n);
    expect(await system.portal.proofMaturityDelaySeconds()).to.equal(0n);
    expect(await system.portal.disputeGameFinalityDelaySeconds()).to.equal(0n);
    expect(await system.portal.disputeGameFactory()).to.equal(hre.ethers.getAddress(system.deployment.addresses.queue));
    expect(await system.portal.anchorStateRegistry()).to.equal(
      hre.ethers.getAddress(system.deployment.addresses.queue),
    );
    expect(await system.portal.minimumGasLimit(100)).to.equal(25_000n);
    expect(await system.portal.paused()).to.equal(false);
    await expect(system.portal.checkWithdrawal(ZeroHash, ZeroAddress)).to.be.revertedWithCustomError(
      ...refusal("OptimismPortal_Unproven"),
    );
  });

  it("brings ether to L2 and back", async () => {
    const user = await system.user.getAddress();
    const value = 3n * ETHER;
    const sent = await system.user.sendTransaction({ to: system.portal.target, value });
    const [message] = messagesOf(system, (await sent.wait()) as never);
    const before = await hre.ethers.provider.getBalance(user);
    await executeMessage(message);
    expect(await hre.ethers.provider.getBalance(user)).to.equal(before + value);
    const withdrawal = await withdraw(await system.other.getAddress(), value);
    const held = await hre.ethers.provider.getBalance(system.portal.target);
    await completeWithdrawal(system, withdrawal);
    expect(await hre.ethers.provider.getBalance(system.portal.target)).to.equal(held - value);
  });
});
