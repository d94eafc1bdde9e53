import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { Devnet } from "../../devnet/devnet";

const OPTIONS = { l1Port: 0, sequencerPort: 0, verifierPort: 0, without: ["verifier", "challenger"] };

describe("devnet: the logs of one without a folder of its own", function () {
  this.timeout(120_000);

  it("are deleted with it where all went well", async () => {
    const devnet = new Devnet(OPTIONS);
    await devnet.start();
    const log = join(devnet.logDir, "sequencer.log");
    expect(existsSync(log)).to.equal(true);
    await devnet.stop();
    expect(existsSync(dirname(devnet.logDir))).to.equal(false);
  });

  it("1.5 are kept where an actor died", async () => {
    const devnet = new Devnet(OPTIONS);
    try {
      await devnet.start();
      const died = new Promise<string>((resolve) => (devnet.processes.onExit = resolve));
      process.kill(devnet.processes.pid("sequencer")!, "SIGKILL");
      expect(await died).to.equal("sequencer");
      await devnet.stop();
      expect(readFileSync(join(devnet.logDir, "sequencer.log"), "utf8")).to.not.equal("");
    } finally {
      await devnet.stop();
      rmSync(dirname(devnet.logDir), { recursive: true, force: true });
    }
  });
});
