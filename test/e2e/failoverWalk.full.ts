import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { devAccount, ROLES } from "../../devnet/accounts";
import { freePort } from "../../devnet/processes";
import { L1Rpc } from "../../node/l1/rpc";
import { requireNats } from "../support/nats";
import { eventually, TestSystem } from "./support/system";

const ROOT = join(__dirname, "..", "..");
const IDS = ["a", "b"] as const;

describe("e2e: the commands of docs/failover.md", function () {
  this.timeout(300_000);
  const system = new TestSystem();
  const folder = mkdtempSync(join(tmpdir(), "solvent-walk-"));
  const children: ChildProcess[] = [];
  before(function () {
    requireNats(this);
    return system.start();
  });
  after(async () => {
    for (const { pid } of children) process.kill(-pid!, "SIGKILL");
    await system.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** As a shell on a machine of its own runs it, in a group that ends as one. */
  function run(command: string): void {
    children.push(spawn("sh", ["-c", command], { cwd: ROOT, stdio: "ignore", detached: true }));
  }

  it("start a log and two sequencers over it, one of which leads, and the other does when it is killed", async () => {
    const [natsCommand, nodeCommand] = commands();
    const natsPort = await freePort();
    // What is a machine's own there: folder, host, port.
    run(`${natsCommand.replace("/var/lib/solvent-log", join(folder, "log"))} -a 127.0.0.1 -p ${natsPort}`);
    const urls = new Map<string, string>();
    for (const id of IDS) {
      const rpcPort = await freePort();
      const file = join(folder, `${id}.json`);
      writeFileSync(file, JSON.stringify(configOf(id, rpcPort)));
      urls.set(id, `http://127.0.0.1:${rpcPort}`);
      const own = nodeCommand.replace("sequencer.json", file).replace("LOG:4222", `127.0.0.1:${natsPort}`);
      run(own.replace("failover.id=a", `failover.id=${id}`));
      await eventually("it answers", async () => (await roleOf(urls.get(id)!)).leader !== null);
    }
    const leads = async (id: string): Promise<boolean> => (await roleOf(urls.get(id)!)).leads;
    expect([await leads("a"), await leads("b")]).to.deep.equal([true, false]);
    process.kill(-children[1].pid!, "SIGKILL");
    children.splice(1, 1);
    await eventually("the other leads", () => leads("b"));
    const head = (): Promise<string> => new L1Rpc(urls.get("b")!).send<string>("eth_blockNumber", []);
    const before = Number(await head());
    await eventually("blocks go on", async () => Number(await head()) > before);
  });

  function configOf(id: string, rpcPort: number): object {
    const { info } = system.devnet;
    return {
      dataDir: join(folder, `data-${id}`),
      deployment: info.deploymentFile,
      l1Url: info.l1.url,
      privateKey: devAccount(ROLES.sequencer).privateKey,
      rpc: { port: rpcPort },
      metrics: { port: 0 },
      ...{ blockTimeMs: 300, l1Confirmations: 1 },
    };
  }
});

/** What the page prints to be typed, without its remarks. */
function commands(): string[] {
  const text = readFileSync(join(ROOT, "docs", "failover.md"), "utf8");
  const lines = /```sh\n([^]*?)```/.exec(text)![1].trim().split("\n");
  return lines.map((line) => line.replace(/\s+#.*$/, ""));
}

async function roleOf(url: string): Promise<{ leads: boolean; leader: string | null }> {
  const rpc = new L1Rpc(url, { retries: 0, timeoutMs: 2_000 });
  return rpc.send<{ leads: boolean; leader: string | null }>("rollup_failover", []).finally(() => rpc.close());
}
