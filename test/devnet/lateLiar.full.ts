import { expect } from "chai";
import { id, JsonRpcProvider } from "ethers";
import { startDevnet } from "../../devnet";
import { devAccount, ROLES } from "../../devnet/accounts";
import { startFault } from "../../devnet/scenes";
import { eventually } from "../clients/support/devnet";

const ASSERTED = id(
  "AssertionAdded(bytes32,bytes32,address,uint256,address,bytes32,bytes32,uint64,(bytes32,bytes32,bytes32),(uint64,bytes32,uint64,bytes32),uint256)",
);

/** Longer than the honest party takes to assert, and shorter than the second liar takes to say otherwise. */
const CENSORED_SECONDS = 30;

describe("devnet: a liar whose first lie comes too late", function () {
  this.timeout(300_000);

  it("is started again and refuted: L1 left its transactions out until the honest assertion was confirmed", async () => {
    await using devnet = await startDevnet({ logLevel: "info" });
    const { l1, deployment } = devnet.info;
    const onL1 = new JsonRpcProvider(l1.url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 });
    try {
      const asserted = async (): Promise<number> =>
        (await onL1.getLogs({ address: deployment.addresses.queue, topics: [ASSERTED], fromBlock: 0 })).length;
      const said: string[] = [];
      await onL1.send("solvent_l1", ["censor", devAccount(ROLES.liar).address, CENSORED_SECONDS]);
      const fault = startFault(devnet, "wrong-state", 7, (line) => said.push(line));
      await eventually("news", async () => said.some((line) => line.includes("something to lie about")), 60);
      const before = await asserted();
      await eventually("the honest assertion", async () => (await asserted()) > before, 60);
      await eventually(
        "the lie's end",
        async () => {
          await onL1.send("solvent_advanceTime", [devnet.options.responseTimeSeconds]);
          return said.some((line) => line.includes("its lie came too late"));
        },
        60,
      );
      const lines = await fault;
      expect(lines.join("\n")).to.match(/why: L1 executed one instruction/);
    } finally {
      onL1.destroy();
    }
  });
});
