import { expect } from "chai";
import { createPublicClient, encodeFunctionData, parseAbi, parseEther, webSocket, type Abi, type Hex } from "viem";
import { getL2TransactionHashes, getWithdrawals, publicActionsL2 } from "viem/op-stack";
import type { DevnetInfo } from "../../devnet/devnet";
import { PREDEPLOYS, readArtifact } from "../../deployment";
import { eventually, startDevnet } from "./support/devnet";
import {
  beginWithdrawal,
  createClients,
  RECEIVER,
  WITHDRAWER,
  type BegunWithdrawal,
  type Clients,
} from "./support/viem";

const TALLY = parseAbi([
  "function add(uint256 amount)",
  "function total() view returns (uint256)",
  "function failWithText()",
  "event Added(address indexed by, uint256 amount, uint256 total)",
]);

describe("clients: viem with op-stack, unmodified", function () {
  this.timeout(240_000);
  let info: DevnetInfo;
  let clients: Clients;
  let withdrawal: BegunWithdrawal;

  before(async () => {
    info = await startDevnet();
    clients = createClients(info);
  });

  it("starts a withdrawal on L2", async () => {
    withdrawal = await beginWithdrawal(info);
    const receipt = await clients.publicL2.waitForTransactionReceipt(withdrawal);
    expect(receipt.status).to.equal("success");
    expect(getWithdrawals(receipt)[0].value).to.equal(parseEther("2"));
  });

  it("deploys, writes, reads, simulates and watches a contract", async () => {
    const { account, publicL2, walletL2 } = clients;
    const bytecode = readArtifact("test/Tally").bytecode as Hex;
    const deployed = await publicL2.waitForTransactionReceipt({
      hash: await walletL2.deployContract({ abi: TALLY, bytecode }),
    });
    const contract = { address: deployed.contractAddress!, abi: TALLY };
    const { request } = await publicL2.simulateContract({ account, ...contract, functionName: "add", args: [4n] });
    const written = await publicL2.waitForTransactionReceipt({ hash: await walletL2.writeContract(request) });
    expect(written.status).to.equal("success");
    expect(await publicL2.readContract({ ...contract, functionName: "total" })).to.equal(4n);
    const [log] = await publicL2.getContractEvents({ ...contract, eventName: "Added", fromBlock: 0n });
    expect(log.args).to.deep.include({ amount: 4n, total: 4n });
    const reason = await publicL2
      .simulateContract({ account, ...contract, functionName: "failWithText" })
      .catch((error: { shortMessage: string }) => error.shortMessage);
    expect(reason).to.contain("no such luck");
    const calls = { contracts: [1, 2].map(() => ({ ...contract, functionName: "total" as const })) };
    expect((await publicL2.multicall(calls)).map(({ result }) => result)).to.deep.equal([4n, 4n]);
  });

  it("R5 estimates fees as on the OP Stack: L1 and operators cost nothing, the total is that of L2", async () => {
    const { account, l2, publicL2 } = clients;
    const client = publicL2.extend(publicActionsL2());
    const transfer = { account, chain: l2, to: RECEIVER, value: 1n } as never;
    const gas = await publicL2.estimateGas({ account, to: RECEIVER, value: 1n });
    expect(await client.estimateL1Fee(transfer)).to.equal(0n);
    expect(await client.estimateL1Gas(transfer)).to.equal(0n);
    expect(await client.estimateOperatorFee(transfer)).to.equal(0n);
    expect(await client.estimateTotalGas(transfer)).to.equal(gas);
    const total = await client.estimateTotalFee(transfer);
    expect(total > 0n && total % gas === 0n).to.equal(true);
    expect(typeof (await client.getL1BaseFee())).to.equal("bigint");
    // A call that offers nothing sees no base fee, as in geth.
    const gasPrice = parseEther("0.000001");
    for (const name of ["baseFee", "gasPrice"]) {
      const data = encodeFunctionData({ abi: parseAbi([`function ${name}() view returns (uint256)`]) as Abi });
      const { data: fee } = await publicL2.call({ account, to: PREDEPLOYS.gasPriceOracle, data, gasPrice });
      expect(BigInt(fee!) > 0n && BigInt(fee!) < gasPrice, name).to.equal(true);
    }
    const deposit = {
      account,
      address: PREDEPLOYS.weth,
      abi: parseAbi(["function deposit() payable"]),
      functionName: "deposit",
    };
    for (const name of ["estimateContractL1Fee", "estimateContractL1Gas"] as const)
      expect(await client[name](deposit as never), name).to.equal(0n);
    for (const name of ["estimateContractTotalFee", "estimateContractTotalGas"] as const)
      expect((await client[name](deposit as never)) > 0n, name).to.equal(true);
  });

  it("watches blocks over WebSocket", async () => {
    const url = info.l2.sequencer!.replace("http", "ws");
    const socket = createPublicClient({ chain: clients.l2, transport: webSocket(url) });
    const seen = new Promise<bigint>((resolve, reject) => {
      socket.watchBlockNumber({ onBlockNumber: resolve, onError: reject });
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { account, walletL2, publicL2 } = clients;
    const hash = await walletL2.sendTransaction({ to: account.address, value: 1n });
    const { blockNumber } = await publicL2.waitForTransactionReceipt({ hash });
    expect((await seen) <= blockNumber).to.equal(true);
    (await (socket.transport as unknown as { getRpcClient(): Promise<{ close(): void }> }).getRpcClient()).close();
  });

  it("deposits, and finds the L2 receipt by the hash that it predicts", async () => {
    const { account, publicL1, publicL2, walletL1 } = clients;
    const before = await publicL2.getBalance({ address: RECEIVER });
    const args = await publicL2.buildDepositTransaction({ account, mint: parseEther("1"), to: RECEIVER });
    const hash = await walletL1.depositTransaction(args);
    const receipt = await publicL1.waitForTransactionReceipt({ hash });
    expect(receipt.status).to.equal("success");
    const [predicted] = getL2TransactionHashes(receipt);
    const l2Receipt = await publicL2.waitForTransactionReceipt({ hash: predicted });
    expect(l2Receipt.status).to.equal("success");
    expect(l2Receipt.transactionHash).to.not.equal(predicted);
    const canonical = await publicL2.getTransaction({ hash: l2Receipt.transactionHash });
    expect(canonical).to.include({ type: "deposit", value: parseEther("1") });
    expect(await publicL2.getBalance({ address: RECEIVER })).to.equal(before + parseEther("1"));
  });

  it("proves the withdrawal against an assertion and finalizes it", async () => {
    const { l2, publicL1, publicL2, walletL1 } = createClients(info, WITHDRAWER);
    expect((await withdrawal.proven).status).to.equal("success");
    const receipt = await publicL2.getTransactionReceipt(withdrawal);
    const [found] = getWithdrawals(receipt);
    const status = () => publicL1.getWithdrawalStatus({ receipt, targetChain: l2 } as never);
    const before = await publicL1.getBalance({ address: RECEIVER });
    await eventually("it can be finalized", async () => (await status()) === "ready-to-finalize", 120);
    const { withdrawalHash } = found;
    await publicL1.waitToFinalize({ withdrawalHash, targetChain: l2 } as never);
    const hash = await walletL1.finalizeWithdrawal({ targetChain: l2, withdrawal: found } as never);
    expect((await publicL1.waitForTransactionReceipt({ hash })).status).to.equal("success");
    expect(await status()).to.equal("finalized");
    expect((await publicL1.getBalance({ address: RECEIVER })) - before).to.equal(parseEther("2"));
  });
});
