import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { startDevnet, type ActorStatus, type RunningDevnet } from "../../devnet";
import { devAccount } from "../../devnet/accounts";

const MEMBERS = ["sequencer", "sequencer-2", "sequencer-3"];
const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };

/** The members of a rotation as actors of a devnet. */
describe("devnet: three sequencers in turns", function () {
  this.timeout(300_000);
  let devnet: RunningDevnet;
  let onL1: JsonRpcProvider;

  before(async () => {
    devnet = await startDevnet({
      ...{ l1IntervalMs: 100, blockTimeMs: 200, batchAgeMs: 500, sequencing: "rotation" },
      without: ["challenger"],
    });
    onL1 = new JsonRpcProvider(devnet.info.l1.url, undefined, OPTIONS);
  });
  after(async () => {
    onL1?.destroy();
    await devnet[Symbol.asyncDispose]();
  });

  const status = async (): Promise<ActorStatus[]> => (await onL1.send("solvent_status", [])) as ActorStatus[];
  const running = async (): Promise<string[]> =>
    (await status()).filter(({ isRunning }) => isRunning).map(({ name }) => name);

  /** Sends a transfer through a member and waits for its block. */
  async function transfer(url: string, from: number): Promise<void> {
    const onL2 = new JsonRpcProvider(url, undefined, OPTIONS);
    try {
      const sent = await new Wallet(devAccount(from).privateKey, onL2).sendTransaction({ to: devAccount(5).address });
      expect((await sent.wait())!.status).to.equal(1);
    } finally {
      onL2.destroy();
    }
  }

  it("names each with its JSON-RPC, status and log", async () => {
    const { members, l2 } = devnet.info;
    expect(Object.keys(members)).to.have.members(MEMBERS.slice(1));
    const urls = new Map((await status()).map(({ name, rpc }) => [name, rpc]));
    expect(MEMBERS.map((name) => urls.get(name))).to.deep.equal([
      l2.sequencer,
      ...MEMBERS.slice(1).map((name) => members[name]),
    ]);
    for (const name of MEMBERS) expect(await onL1.send("solvent_logs", [name, 1]), name).to.have.length(1);
  });

  it("stops, starts and restarts each, and the others go on", async () => {
    await onL1.send("solvent_stop", ["sequencer-2"]);
    expect(await running()).to.not.include("sequencer-2");
    await transfer(devnet.info.members["sequencer-3"], 1);
    await onL1.send("solvent_start", ["sequencer-2"]);
    await onL1.send("solvent_restart", ["sequencer-3"]);
    expect(await running()).to.include.members(MEMBERS);
    await transfer(devnet.info.members["sequencer-2"], 2);
  });

  it("refuses a fault that is about one sequencer, by name", async () => {
    const error = await onL1.send("solvent_addFault", ["dead-sequencer"]).catch((cause: unknown) => cause);
    expect(String(error)).to.match(/dead-sequencer needs --sequencing single/);
  });
});
