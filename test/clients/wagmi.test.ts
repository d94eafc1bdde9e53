import { expect } from "chai";
import { http, parseAbi, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { devAccount } from "../../devnet/accounts";
import { PREDEPLOYS } from "../../protocol/predeploys";
import { startDevnet } from "./support/devnet";
import { createClients } from "./support/viem";

const account = privateKeyToAccount(devAccount(9).privateKey);
const RECEIVER = "0x00000000000000000000000000000000000000d5";

/** The package is an ES module. */
const load = (): Promise<typeof import("@wagmi/core")> => import("@wagmi/core");

describe("clients: wagmi's core", function () {
  this.timeout(60_000);

  it("reads, sends, waits, counts by several calls in one, and watches blocks", async () => {
    const info = await startDevnet();
    const { l2: chain } = createClients(info);
    const wagmi = await load();
    const multicall3 = { address: PREDEPLOYS.multicall3 as Hex };
    const config = wagmi.createConfig({
      chains: [{ ...chain, contracts: { ...chain.contracts, multicall3 } }],
      transports: { [chain.id]: http(info.l2.sequencer!) },
      pollingInterval: 100,
    } as never) as ReturnType<typeof wagmi.createConfig>;
    const { value: before } = await wagmi.getBalance(config, { address: RECEIVER });
    const watched = new Promise<bigint>((resolve) => {
      const unwatch = wagmi.watchBlockNumber(config, {
        onBlockNumber: (number) => {
          unwatch();
          resolve(number);
        },
      });
    });
    const hash = await wagmi.sendTransaction(config, { account, to: RECEIVER, value: 3n });
    const { status, blockNumber } = await wagmi.waitForTransactionReceipt(config, { hash });
    expect(status).to.equal("success");
    expect((await wagmi.getBalance(config, { address: RECEIVER })).value).to.equal(before + 3n);
    expect((await wagmi.getBlock(config, { blockNumber })).transactions).to.include(hash);
    expect(Number(await watched)).to.be.greaterThan(0);
    const abi = parseAbi([
      "function getEthBalance(address) view returns (uint256)",
      "function getChainId() view returns (uint256)",
    ]);
    const contracts = [
      { address: multicall3.address, abi, functionName: "getEthBalance", args: [RECEIVER] },
      { address: multicall3.address, abi, functionName: "getChainId" },
    ] as const;
    const results = await wagmi.readContracts(config, { contracts });
    expect(results.map(({ result }) => result)).to.deep.equal([before + 3n, BigInt(chain.id)]);
  });
});
