import SafeModule, { type ContractNetworksConfig } from "@safe-global/protocol-kit";
import { expect } from "chai";
import { toSimpleSmartAccount } from "permissionless/accounts";
import {
  createPublicClient,
  createWalletClient,
  getAddress,
  http,
  parseAbi,
  parseEther,
  type Address,
  type Hex,
} from "viem";
import {
  entryPoint07Abi,
  entryPoint07Address,
  entryPoint08Abi,
  entryPoint08Address,
  toPackedUserOperation,
  type UserOperation,
} from "viem/account-abstraction";
import { privateKeyToAccount } from "viem/accounts";
import { devAccount } from "../../devnet/accounts";
import { deployPreinstalls, readPreinstalls } from "../../devnet/preinstalls";
import { startDevnet } from "./support/devnet";
import { createClients } from "./support/viem";

const ACCOUNT = 9;
const RECEIVER: Address = "0x00000000000000000000000000000000000000d4";
// The package is a CommonJS module with a default export of its own.
const Safe = (SafeModule as unknown as { default?: typeof SafeModule }).default ?? SafeModule;

/** What an answer says that is to be an error. */
const refusal = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => "no error",
    (error: Error) => error.message,
  );

describe("clients: contracts that every chain has, by the libraries that ask for them", function () {
  this.timeout(120_000);
  let url: string;
  let chain: ReturnType<typeof createClients>["l2"];
  let at: Record<string, Hex>;
  const key = devAccount(ACCOUNT).privateKey;
  const owner = privateKeyToAccount(key);
  const node = () => createPublicClient({ chain, transport: http(url), pollingInterval: 100 });
  const wallet = () => createWalletClient({ account: owner, chain, transport: http(url) });
  /** Sends a transaction of the owner's. @throws Error where it reverts. */
  const send = async (call: { to: Address; value?: bigint; data?: Hex }): Promise<void> => {
    const { status } = await node().waitForTransactionReceipt({ hash: await wallet().sendTransaction(call) });
    if (status !== "success") throw new Error(`the call of ${call.to} reverted`);
  };

  before(async () => {
    const info = await startDevnet();
    url = info.l2.sequencer!;
    chain = createClients(info).l2;
    at = await deployPreinstalls(url);
  });

  it("stand at their addresses, and are sent once", async () => {
    for (const { address, name } of readPreinstalls()) expect(await node().getCode({ address }), name).to.match(/^0x6/);
    const nonce = await node().getTransactionCount({ address: owner.address });
    expect(await deployPreinstalls(url)).to.deep.equal(at);
    expect(await node().getTransactionCount({ address: owner.address })).to.equal(nonce);
  });

  it("Permit2 takes a permit that was signed for this chain, and none for another", async () => {
    const abi = parseAbi([
      "function permit(address owner, ((address token, uint160 amount, uint48 expiration, uint48 nonce) details, address spender, uint256 sigDeadline) permitSingle, bytes signature)",
      "function allowance(address user, address token, address spender) view returns (uint160 amount, uint48 expiration, uint48 nonce)",
    ]);
    const address = at.Permit2;
    const details = { token: RECEIVER, amount: 77n, expiration: 2 ** 40, nonce: 0 };
    const permit = { details, spender: RECEIVER, sigDeadline: 2n ** 40n };
    const types = {
      PermitSingle: [
        { name: "details", type: "PermitDetails" },
        { name: "spender", type: "address" },
        { name: "sigDeadline", type: "uint256" },
      ],
      PermitDetails: [
        { name: "token", type: "address" },
        { name: "amount", type: "uint160" },
        { name: "expiration", type: "uint48" },
        { name: "nonce", type: "uint48" },
      ],
    } as const;
    const sign = (chainId: number): Promise<Hex> =>
      owner.signTypedData({
        domain: { name: "Permit2", chainId, verifyingContract: address },
        types,
        primaryType: "PermitSingle",
        message: permit,
      });
    const call = { address, abi, functionName: "permit", account: owner } as const;
    const wrong = [owner.address, permit, await sign(1)] as const;
    expect(await refusal(node().simulateContract({ ...call, args: wrong }))).to.match(/revert/);
    const hash = await wallet().writeContract({ ...call, args: [owner.address, permit, await sign(chain.id)] });
    await node().waitForTransactionReceipt({ hash });
    const read = { address, abi, functionName: "allowance", args: [owner.address, RECEIVER, RECEIVER] } as const;
    expect(await node().readContract(read)).to.deep.equal([77n, 2 ** 40, 1]);
  });

  for (const [version, entryPoint, abi] of [
    ["0.7", entryPoint07Address, entryPoint07Abi],
    ["0.8", entryPoint08Address, entryPoint08Abi],
  ] as const)
    it(`permissionless: an account of ERC-4337 is made and pays by its first operation, over EntryPoint ${version}`, async () => {
      const account = await toSimpleSmartAccount({
        client: node(),
        owner,
        entryPoint: { address: entryPoint, version },
      });
      await send({ to: account.address, value: parseEther("1") });
      const before = await node().getBalance({ address: RECEIVER });
      const fees = await node().estimateFeesPerGas();
      const operation = {
        sender: account.address,
        nonce: await account.getNonce(),
        ...(await account.getFactoryArgs()),
        callData: await account.encodeCalls([{ to: RECEIVER, value: 5n, data: "0x" }]),
        ...{ callGasLimit: 100_000n, verificationGasLimit: 1_000_000n, preVerificationGas: 50_000n },
        ...fees,
        signature: "0x",
      } as UserOperation<"0.7">;
      const signature = await account.signUserOperation(operation);
      const packed = toPackedUserOperation({ ...operation, signature });
      const hash = await wallet().writeContract({
        address: entryPoint,
        abi: abi as typeof entryPoint07Abi,
        functionName: "handleOps",
        args: [[packed], owner.address],
      });
      expect((await node().waitForTransactionReceipt({ hash })).status).to.equal("success");
      expect(await node().getBalance({ address: RECEIVER })).to.equal(before + 5n);
      expect(await account.isDeployed()).to.equal(true);
      expect(await account.getNonce({ key: operation.nonce >> 64n })).to.equal(operation.nonce + 1n);
    });

  it("Safe's protocol kit deploys a Safe of two owners, and pays with both signatures, not with one", async () => {
    const contractNetworks: ContractNetworksConfig = {
      [String(chain.id)]: {
        safeSingletonAddress: at.SafeL2,
        safeProxyFactoryAddress: at.SafeProxyFactory,
        multiSendAddress: at.MultiSend,
        multiSendCallOnlyAddress: at.MultiSendCallOnly,
        fallbackHandlerAddress: at.CompatibilityFallbackHandler,
        signMessageLibAddress: at.SignMessageLib,
        createCallAddress: at.CreateCall,
        simulateTxAccessorAddress: at.SimulateTxAccessor,
      },
    };
    const other = devAccount(1);
    const owners = [owner.address, getAddress(other.address)];
    const predictedSafe = { safeAccountConfig: { owners, threshold: 2 }, safeDeploymentConfig: { saltNonce: "7" } };
    const planned = await Safe.init({ provider: url, signer: key, predictedSafe, contractNetworks });
    const safeAddress = (await planned.getAddress()) as Address;
    const deployment = await planned.createSafeDeploymentTransaction();
    await send({
      to: deployment.to as Address,
      data: deployment.data as Hex,
      value: BigInt(deployment.value),
    });
    const safe = await Safe.init({ provider: url, signer: key, safeAddress, contractNetworks });
    expect(await safe.getOwners()).to.have.members(owners);
    await send({ to: safeAddress, value: 1_000n });
    const transactions = [{ to: RECEIVER, value: "9", data: "0x" }];
    const once = await safe.signTransaction(await safe.createTransaction({ transactions }));
    expect(await refusal(safe.executeTransaction(once))).to.match(/signature/i);
    const second = await Safe.init({ provider: url, signer: other.privateKey, safeAddress, contractNetworks });
    const twice = await second.signTransaction(once);
    const before = await node().getBalance({ address: RECEIVER });
    const { hash } = await safe.executeTransaction(twice);
    expect((await node().waitForTransactionReceipt({ hash: hash as Hex })).status).to.equal("success");
    expect(await node().getBalance({ address: RECEIVER })).to.equal(before + 9n);
    expect(await safe.getNonce()).to.equal(1);
  });
});
