import { expect } from "chai";
import { Contract, ContractFactory, parseEther, Wallet, WebSocketProvider, type JsonRpcProvider } from "ethers";
import { devAccount } from "../../devnet/accounts";
import { readArtifact } from "../../deployment";
import { connect, startDevnet } from "./support/devnet";

const { abi, bytecode } = readArtifact("test/Tally");

describe("clients: ethers 6, unmodified", function () {
  this.timeout(120_000);
  let url: string;
  let provider: JsonRpcProvider;
  let wallet: Wallet;
  let tally: Contract;

  before(async () => {
    url = (await startDevnet()).l2.sequencer!;
    provider = connect(url);
    wallet = new Wallet(devAccount(3).privateKey, provider);
  });

  it("knows the network and the fees", async () => {
    expect((await provider.getNetwork()).chainId).to.equal(42_161_001n);
    const { maxFeePerGas, maxPriorityFeePerGas } = await provider.getFeeData();
    expect(maxFeePerGas! > maxPriorityFeePerGas!).to.equal(true);
  });

  it("sends ether with nothing but target and value", async () => {
    const before = await provider.getBalance(devAccount(9).address);
    const receipt = await (await wallet.sendTransaction({ to: devAccount(9).address, value: parseEther("1") })).wait();
    expect(receipt).to.include({ status: 1, gasUsed: 21_000n });
    expect(await provider.getBalance(devAccount(9).address)).to.equal(before + parseEther("1"));
  });

  it("deploys a contract, calls it, and reads its events", async () => {
    tally = (await new ContractFactory(abi, bytecode, wallet).deploy()) as Contract;
    await tally.waitForDeployment();
    expect(await (await tally.add(5, { value: 3n })).wait()).to.have.property("status", 1);
    expect(await tally.total()).to.equal(5n);
    const [event] = await tally.queryFilter("Added", 0);
    expect((event as never as { args: unknown[] }).args[1]).to.equal(5n);
    expect(await provider.getStorage(tally.target, 0)).to.match(/5$/);
  });

  it("decodes reverts: text, custom error, panic", async () => {
    const failing = async (name: string, ...args: unknown[]) =>
      (await tally
        .getFunction(name)
        .staticCall(...args)
        .catch((error: unknown) => error)) as {
        code: string;
        reason: string | null;
        revert: { name: string };
      };
    expect(await failing("failWithText")).to.include({ code: "CALL_EXCEPTION", reason: "no such luck" });
    expect((await failing("add", 101)).revert).to.include({ name: "TooMuch" });
    expect((await failing("failWithPanic", 0)).revert).to.include({ name: "Panic" });
  });

  it("tells a used nonce and an empty purse by their codes", async () => {
    const poor = Wallet.createRandom(provider);
    const spend = poor.sendTransaction({ to: wallet.address, value: 1n, gasLimit: 21_000n });
    expect(await spend.catch((error: { code: string }) => error.code)).to.equal("INSUFFICIENT_FUNDS");
    const old = wallet.sendTransaction({ to: wallet.address, nonce: 0, gasLimit: 21_000n });
    expect(await old.catch((error: { code: string }) => error.code)).to.equal("NONCE_EXPIRED");
  });

  it("sends each type of transaction", async () => {
    const list = await provider.send("eth_createAccessList", [{ to: tally.target, data: "0x2ddbd13a" }, "latest"]);
    const { accessList } = list as { accessList: [] };
    const fields = { to: tally.target, data: tally.interface.encodeFunctionData("add", [1]) };
    for (const type of [0, 1, 2]) {
      const sent = await wallet.sendTransaction({ ...fields, type, ...(type === 0 ? {} : { accessList }) });
      expect(await sent.wait()).to.include({ status: 1, type });
    }
    const authorization = await wallet.authorize({
      address: String(tally.target),
      nonce: (await wallet.getNonce()) + 1,
    });
    const sent = await wallet.sendTransaction({ ...fields, type: 4, authorizationList: [authorization] });
    expect(await sent.wait()).to.include({ status: 1, type: 4 });
    expect(await provider.getCode(wallet.address)).to.equal(`0xef0100${String(tally.target).slice(2).toLowerCase()}`);
  });

  it("subscribes to heads and logs over WebSocket on the same port", async () => {
    const socket = new WebSocketProvider(url.replace("http", "ws"));
    try {
      const listening = new Contract(String(tally.target), abi, socket);
      const block = new Promise<number>((resolve) => void socket.once("block", resolve));
      const added = new Promise<bigint>(
        (resolve) => void listening.once("Added", (_by, amount) => resolve(amount as bigint)),
      );
      await socket.send("eth_chainId", []);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const receipt = await (await tally.add(9)).wait();
      expect(await added).to.equal(9n);
      expect(await block).to.be.at.most(receipt!.blockNumber);
    } finally {
      await socket.destroy();
    }
  });
});
