import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonRpcProvider } from "ethers";
import { devAccount } from "../../devnet/accounts";
import { Devnet } from "../../devnet/devnet";
import { eventually, TestSystem } from "./support/system";

describe("e2e: a disk that fails", function () {
  this.timeout(180_000);
  const system = new TestSystem();
  let devnet: Devnet;
  let folder: string;
  before(async () => {
    await system.start();
    devnet = system.devnet;
    folder = devnet.info.dataDir;
  });
  after(() => system.stop());

  const postBlock = async (): Promise<void> => {
    await system.postBatch([[await system.sign(0, { to: devAccount(5).address, value: 1n })]]);
  };
  const headOf = async (url: string, atLeast: number): Promise<string> => {
    const provider = new JsonRpcProvider(url, undefined, { batchMaxCount: 1, cacheTimeout: -1 });
    try {
      await eventually("derived", async () => (await provider.getBlock("safe"))!.number >= atLeast);
      return (await provider.getBlock(atLeast))!.stateRoot!;
    } finally {
      provider.destroy();
    }
  };

  it("refuses a corrupted database with a message that says how to rebuild it, and rebuilds the same state", async () => {
    await postBlock();
    await postBlock();
    const before = await headOf(await devnet.startVerifier("verifier", 0), 2);
    await devnet.processes.stopOne("verifier");
    const database = join(folder, "verifier", "db");
    for (const name of readdirSync(database).filter((file) => /^MANIFEST|\.ldb$|\.log$/.test(file))) {
      const bytes = readFileSync(join(database, name));
      for (let at = 20; at < bytes.length; at += 64) bytes[at] ^= 0xff;
      writeFileSync(join(database, name), bytes);
    }
    await devnet.startVerifier("verifier", 0).then(
      () => expect.fail("it started on a corrupted database"),
      (error: Error) => expect(error.message).to.match(/corrupted.*rebuilt from L1.*delete that folder/s),
    );
    rmSync(database, { recursive: true });
    expect(await headOf(await devnet.startVerifier("verifier", 0), 2)).to.equal(before);
    await devnet.processes.stopOne("verifier");
  });

  it("ends with a message when the disk is full, loses nothing, and goes on when there is room", async function () {
    const disk = mkdtempSync(join(tmpdir(), "solvent-disk-"));
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]);
    if (mounted.status !== 0) return this.skip(); // nobody but root makes small disks
    try {
      const dataDir = join(disk, "data");
      mkdirSync(dataDir);
      const start = (): Promise<string> => devnet.startVerifier("full", 0, { dataDir });
      let url = await start();
      await headOf(url, 2);
      const ended = new Promise<void>((resolve) => (devnet.processes.onExit = () => resolve()));
      const filler = join(disk, "filler");
      spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=4k"]);
      // The log that LevelDB writes may still have room in its last page.
      let isEnded = false;
      void ended.then(() => (isEnded = true));
      for (let i = 0; i < 30 && !isEnded; i++) {
        await postBlock();
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      await ended;
      expect(readFileSync(join(folder, "logs", "full.log"), "utf8")).to.match(/disk full.*free space and restart/s);
      rmSync(filler);
      url = await start();
      const head = Number(await (await inboxOf(system)).batchCount());
      const fresh = await headOf(await devnet.startVerifier("fresh", 0), head);
      expect(await headOf(url, head)).to.equal(fresh);
    } finally {
      devnet.processes.onExit = () => {};
      for (const name of ["full", "fresh"]) await devnet.processes.stopOne(name);
      spawnSync("umount", [disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  });
});

async function inboxOf(system: TestSystem) {
  return system.contract("inbox/Inbox", system.deployment.addresses.inbox, 0);
}
