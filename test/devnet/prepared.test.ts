import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { deploySystem } from "../../deployment";
import { devAccount, ROLES } from "../../devnet/accounts";
import { ownDeploymentConfig } from "../../devnet/contracts";
import { preparedFile, prepareL1, readPrepared } from "../../devnet/l1/prepared";
import { DEFAULT_OPTIONS } from "../../devnet/options";
import { Processes } from "../../devnet/processes";
import { startL1, type L1 } from "./support/l1";

/** Slots that are compared one by one; the contracts of a system that nobody has used have few. */
const SLOTS = 24;

describe("devnet: an L1 that begins with the contracts", function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "solvent-prepared-"));
  const journal = join(folder, "l1.journal");
  const config = ownDeploymentConfig(DEFAULT_OPTIONS);
  const processes = new Processes(folder);
  let state: string;
  let l1: L1;

  before(async () => {
    state = (await prepareL1(processes, config))!;
    l1 = await startL1(0, journal, state);
  });
  after(async () => {
    await l1?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const deploy = async (url: string): Promise<{ sent: number; deployment: object }> => {
    const provider = new JsonRpcProvider(url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 20 });
    try {
      const wallet = new Wallet(devAccount(ROLES.deployer).privateKey, provider);
      const before = await wallet.getNonce();
      let made = 0;
      const onContract = (_name: string, _address: string, isMade: boolean): void => void (made += Number(isMade));
      const deployment = await deploySystem(new NonceManager(wallet), config, { gasLimit: 16_777_216n, onContract });
      expect((await wallet.getNonce()) - before).to.be.at.least(made);
      return { sent: made, deployment };
    } finally {
      provider.destroy();
    }
  };

  it("has in every account what deploying leaves there", async () => {
    const { deployment, accounts } = readPrepared(state);
    const other = await startL1(100);
    try {
      const deployed = await deploy(other.url);
      expect(deployed.sent).to.equal(Object.keys(deployment.addresses).length);
      expect({ ...deployed.deployment, l1Block: 0 }).to.deep.equal(deployment);
      expect(Object.keys(accounts)).to.include.members(Object.values(deployment.addresses));
      for (const address of Object.keys(accounts)) {
        const of = async (at: L1): Promise<unknown[]> => {
          const slots = Array.from({ length: SLOTS }, (_, i) => `0x${i.toString(16)}`);
          const words = await Promise.all(slots.map((slot) => at.send("eth_getStorageAt", address, slot, "latest")));
          const rest = ["eth_getCode", "eth_getBalance", "eth_getTransactionCount"];
          return [...words, ...(await Promise.all(rest.map((method) => at.send(method, address, "latest"))))];
        };
        expect(await of(l1), address).to.deep.equal(await of(other));
      }
    } finally {
      await other.stop();
    }
  });

  it("begins so once: what happened since stays when it starts again", async () => {
    const { address } = devAccount(0);
    const { portal } = readPrepared(state).deployment.addresses;
    await l1.send("hardhat_setBalance", portal, "0x7");
    await l1.send("evm_mine");
    const { hash } = await l1.newest();
    await l1.stop();
    l1 = await startL1(0, journal, state);
    expect((await l1.newest()).hash).to.equal(hash);
    expect(await l1.send("eth_getBalance", portal, "latest")).to.equal("0x7");
    expect(await l1.send("eth_getCode", portal, "latest")).not.to.equal("0x");
    expect(await l1.send("eth_getTransactionCount", address, "latest")).to.equal("0x0");
  });

  it("is found by the hash of all that is deployed, made once, and the same each time", async () => {
    expect(preparedFile(config)).to.equal(state);
    const written = readFileSync(state, "utf8");
    expect(await prepareL1(processes, config)).to.equal(state);
    expect(processes.names()).to.deep.equal([]);
    rmSync(state);
    expect(await prepareL1(processes, config)).to.equal(state);
    expect(readFileSync(state, "utf8")).to.equal(written);
    const others = [
      { ...config, salt: "another" },
      { ...config, forceDelay: 21 },
      { ...config, accounts: {} },
    ];
    const names = [config, ...others].map(preparedFile);
    expect(new Set(names).size).to.equal(names.length);
  });
});
