import { expect } from "chai";
import { crc32 } from "node:zlib";
import { parseEther, Transaction, Wallet } from "ethers";
import { createWalletClient, http, type Hex } from "viem";
import { fillTransaction } from "viem/actions";
import { privateKeyToAccount } from "viem/accounts";
import { devAccount } from "../../devnet/accounts";
import type { DevnetInfo } from "../../devnet/devnet";
import { fromHex } from "../../protocol";
import { ask, connect, eventually, result, startDevnet } from "./support/devnet";
import { createClients } from "./support/viem";

const ACCOUNT = 9;
const PASSER = "0x4200000000000000000000000000000000000016";
const ZERO_HASH = `0x${"00".repeat(32)}`;

interface L2Ref {
  hash: string;
  number: number;
  l1origin: { hash: string; number: number };
  sequenceNumber: number;
}

describe("rpc: what clients of the OP Stack and signers ask, over a running sequencer", function () {
  this.timeout(120_000);
  let info: DevnetInfo;
  let url: string;
  let wallet: Wallet;
  const call = <T>(method: string, ...params: unknown[]): Promise<T> => result<T>(url, method, ...params);
  const signed = async (changes: object): Promise<string> => {
    const request = { to: wallet.address, value: 1n, gasLimit: 21_000n, ...changes };
    return wallet.signTransaction(await wallet.populateTransaction(request));
  };

  before(async () => {
    info = await startDevnet();
    url = info.l2.sequencer!;
    wallet = new Wallet(devAccount(ACCOUNT).privateKey, connect(url));
    await eventually("a batch is derived", async () => {
      const { safe_l2: safe } = await call<{ safe_l2: L2Ref }>("optimism_syncStatus");
      return safe.number > 0;
    });
  });

  it("tells where a block's batch is on L1, and how far it is from the batch's first", async () => {
    const status = await call<Record<string, L2Ref & { parentHash: string; timestamp: number }>>("optimism_syncStatus");
    expect(status).to.have.all.keys(
      ...["current_l1", "current_l1_finalized", "head_l1", "safe_l1", "finalized_l1", "unsafe_l2", "safe_l2"],
      ...["finalized_l2", "pending_safe_l2", "cross_unsafe_l2", "local_safe_l2"],
    );
    const { safe_l2: safe, head_l1: head } = status;
    expect([safe.number, head.number, head.timestamp].every(Number.isInteger)).to.equal(true);
    const { hash, number } = (await connect(info.l1.url).getBlock(safe.l1origin.number))!;
    expect(safe.l1origin).to.deep.equal({ hash, number });
    const first = await output(safe.number - safe.sequenceNumber);
    expect([first.blockRef.sequenceNumber, first.blockRef.l1origin]).to.deep.equal([0, safe.l1origin]);
    const before = await output(safe.number - safe.sequenceNumber - 1);
    expect(before.blockRef.l1origin).to.not.deep.equal(safe.l1origin);
  });

  interface Output {
    version: string;
    outputRoot: string;
    blockRef: L2Ref;
    withdrawalStorageRoot: string;
    stateRoot: string;
  }
  const output = (number: number): Promise<Output> => call("optimism_outputAtBlock", `0x${number.toString(16)}`);

  it("gives the parts of an output root, that of genesis as the deployment has it", async () => {
    const genesis = await output(0);
    const { genesisOutputRoot } = await call<{ genesisOutputRoot: string }>("rollup_config");
    expect(genesis).to.include({ version: ZERO_HASH, outputRoot: genesisOutputRoot });
    expect(genesis.blockRef.l1origin).to.deep.equal({ hash: ZERO_HASH, number: 0 });
    const proof = await call<{ storageHash: string }>("eth_getProof", PASSER, [], "0x0");
    expect(genesis.withdrawalStorageRoot).to.equal(proof.storageHash);
    expect(await ask(url, "optimism_outputAtBlock", "0xffffff")).to.have.nested.property("error.code", -32000);
  });

  it("tells configuration and version", async () => {
    const config = await call<Record<string, unknown>>("optimism_rollupConfig");
    const { inbox, portal } = info.deployment.addresses;
    expect(config).to.deep.include({
      ...{ l1_chain_id: info.l1.chainId, l2_chain_id: info.l2.chainId },
      ...{ batch_inbox_address: inbox.toLowerCase(), deposit_contract_address: portal.toLowerCase() },
    });
    expect(await call("optimism_version")).to.match(/^Solvent\/v/);
  });

  it("names its rules, with the checksum of genesis as their id", async () => {
    const { current, next } = await call<{ current: Record<string, never>; next: null }>("eth_config");
    const { hash } = await call<{ hash: Hex }>("eth_getBlockByNumber", "0x0", false);
    expect(current).to.include({ activationTime: 0, chainId: `0x${info.l2.chainId.toString(16)}` });
    expect(Number(current.forkId)).to.equal(crc32(fromHex(hash)));
    expect(Object.keys(current.precompiles)).to.have.length(18);
    expect(current.precompiles).to.include({
      P256VERIFY: `0x${"100".padStart(40, "0")}`,
      ECREC: `0x${"1".padStart(40, "0")}`,
    });
    expect(next).to.equal(null);
  });

  it("waits for a transaction's receipt, which has the fields of fees on L1", async () => {
    const raw = await signed({});
    const receipt = await call<Record<string, string>>("eth_sendRawTransactionSync", raw, 10_000);
    expect(receipt).to.include({ transactionHash: Transaction.from(raw).hash, status: "0x1" });
    expect(receipt).to.include({ l1Fee: "0x0", l1GasUsed: "0x0", l1GasPrice: "0x0", l1FeeScalar: "0" });
    expect(await ask(url, "eth_sendRawTransactionSync", raw)).to.have.nested.property("error.code", -32000);
    expect(await ask(url, "eth_sendRawTransactionSync", raw, "soon")).to.have.nested.property("error.code", -32602);
  });

  it("does not wait behind a nonce that is missing, and no longer than asked", async () => {
    const nonce = (await wallet.getNonce()) + 1;
    const gapped = await signed({ nonce });
    const behind = await ask(url, "eth_sendRawTransactionSync", gapped, 60_000);
    expect(behind.error).to.include({ code: 5, data: Transaction.from(gapped).hash });
    expect(await call<object>("txpool_inspect")).to.have.nested.property(
      `queued.${wallet.address}.${nonce}`,
      `${wallet.address}: 1 wei + 21000 gas × ${Transaction.from(gapped).maxFeePerGas} wei`,
    );
    const filler = await signed({ nonce: nonce - 1 });
    const late = await ask(url, "eth_sendRawTransactionSync", filler, 1);
    expect(late.error).to.include({ code: 4, data: Transaction.from(filler).hash });
    await eventually("both are mined", async () => (await wallet.getNonce()) === nonce + 1);
  });

  it("fills in what a signer needs, as viem's fillTransaction reads it", async () => {
    const { l2 } = createClients(info);
    const account = privateKeyToAccount(devAccount(ACCOUNT).privateKey as Hex);
    const client = createWalletClient({ account, chain: l2, transport: http() });
    const nonce = await wallet.getNonce();
    const request = { from: wallet.address, to: wallet.address, value: "0x5" };
    const { raw, tx } = await call<{ raw: string; tx: Record<string, string> }>("eth_fillTransaction", request);
    expect(tx).to.include({ type: "0x2", gas: "0x5208", nonce: `0x${nonce.toString(16)}`, value: "0x5" });
    expect(Transaction.from(raw).unsignedHash).to.be.a("string");
    const { transaction } = await fillTransaction(client, { account, to: account.address, value: parseEther("0.1") });
    expect(transaction).to.include({ type: "eip1559", nonce, gas: 21_000n });
    const hash = await client.sendRawTransaction({
      serializedTransaction: await account.signTransaction(transaction as never),
    });
    expect((await wallet.provider!.waitForTransaction(hash))?.status).to.equal(1);
  });

  const TYPES: [fields: object, type: string][] = [
    [{ gasPrice: "0x3b9aca00" }, "0x0"],
    [{ gasPrice: "0x3b9aca00", accessList: [] }, "0x1"],
    [{ accessList: [{ address: PASSER, storageKeys: [ZERO_HASH] }] }, "0x2"],
  ];
  for (const [fields, type] of TYPES)
    it(`fills in a transaction of type ${type}`, async () => {
      const request = { from: wallet.address, to: PASSER, gas: "0x30d40", nonce: "0x7", ...fields };
      const { raw, tx } = await call<{ raw: string; tx: Record<string, unknown> }>("eth_fillTransaction", request);
      expect(tx).to.deep.include({
        type,
        nonce: "0x7",
        gas: "0x30d40",
        ...fields,
        chainId: `0x${info.l2.chainId.toString(16)}`,
      });
      const read = Transaction.from(raw);
      expect([read.type, read.nonce, read.gasLimit, read.to?.toLowerCase()]).to.deep.equal([
        Number(type),
        7,
        200_000n,
        PASSER,
      ]);
    });

  it("refuses to fill in what no transaction can be", async () => {
    for (const request of [
      { from: wallet.address },
      { from: wallet.address, to: PASSER, maxFeePerGas: "0x1", maxPriorityFeePerGas: "0x2" },
    ])
      expect(await ask(url, "eth_fillTransaction", request)).to.have.nested.property("error.code", -32000);
  });
});
