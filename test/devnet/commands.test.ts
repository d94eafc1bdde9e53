import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { checkFault } from "../../devnet/scenes";
import { toHex } from "../../protocol";
import packageJson from "../../package.json";

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

const ROOT = join(__dirname, "..", "..");

/** Runs a command's file as npm does. */
function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const all = [require.resolve("tsx/cli"), file, ...args];
  return new Promise((resolve) =>
    execFile(process.execPath, all, { cwd: ROOT, env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    ),
  );
}

/** The files of package.json's commands that are ours. */
const COMMANDS = [
  ...new Set(
    Object.values(packageJson.scripts).flatMap((line) => /^tsx ((scripts|test)\/\S+)/.exec(line)?.slice(1, 2) ?? []),
  ),
];

/** Bad flags of `npm start`, and what the one line must name. */
const REFUSED: [args: string[], names: RegExp][] = [
  [["--fault", "nonsense"], /no fault "nonsense"; there are wrong-state, .*dead-sequencer/],
  [["--fault", "wrong"], /no fault "wrong"/],
  [["--fault", "wrong-state:first:zzz"], /step is a whole number/],
  [["--fault", "wrong-state", "--without", "challenger"], /needs the challenger/],
  [["--fault", "withheld-batch", "--without", "verifier"], /needs the verifier/],
  [["--fault", "wrong-blob"], /wrong-blob needs --data blobs, not calldata/],
  [["--without", "nonsense"], /--without nonsense: must be one of sequencer, verifier, challenger/],
  [["--fault", "other-program:/nonexistent"], /no stf\.wasm in "\/nonexistent"/],
  [["--program", "/nonexistent"], /solvent program build \/nonexistent/],
  [["--funder", "0x12"], /private key/],
  [["--info", "/nonexistent/x.json"], /cannot be written/],
  [["--l1", "nonsense"], /must be hardhat, anvil or the URL/],
  [["--port", "70000"], /from 0 to 65535/],
  [["--port", "9999", "--verifier-port", "9999"], /--port and --verifier-port are both 9999/],
  [["--challenge-period", "5"], /at least 44/],
  [["--log-level", "loud"], /Allowed choices/],
  [["--exit-after-faults"], /needs a --fault/],
  [["--sequencing", "nonsense"], /Allowed choices/],
  [["--sequencing", "rotation", "--manual"], /does not go with --manual/],
  [["--sequencing", "rotation", "--challengers", "4"], /does not go with --challengers 4: at most 3/],
  [["--seed", "7", "--l1", "anvil"], /--seed does not go with --l1 anvil: it keeps its own time/],
  [["--seed", "7", "--instant"], /--seed does not go with --instant/],
  [["--seed", "7", "--fault", "dead-sequencer"], /dead-sequencer waits by the clock: it does not go with --seed/],
  [["--fault", "equivocating-leader"], /equivocating-leader needs --sequencing rotation, not single/],
  [["--sequencing", "rotation", "--fault", "dead-sequencer"], /dead-sequencer needs --sequencing single, not rotation/],
];

describe("devnet: the commands", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "solvent-commands-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const expectOneLine = ({ status, stdout, stderr }: Ended, expected: number, names: RegExp): void => {
    expect(stderr).to.match(names);
    expect(stderr.trim().split("\n"), stderr).to.have.length(1);
    expect(stdout).to.equal("");
    expect(status).to.equal(expected);
  };

  for (const file of COMMANDS)
    it(`${file} says with --help what it takes, and starts nothing`, async () => {
      const { status, stdout } = await run(file, ["--help"]);
      expect(stdout).to.match(/^Usage: /);
      expect(status).to.equal(0);
    });

  for (const [args, names] of REFUSED)
    it(`npm start refuses ${args.join(" ")} before anything starts, in one line, with status 2`, async () => {
      expectOneLine(await run("scripts/devnet.ts", args), 2, names);
    });

  it("npm start takes no file for its folder", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    expectOneLine(await run("scripts/devnet.ts", ["--datadir", file]), 1, /datadir-invalid.*another --datadir/);
  });

  it("npm start names a taken port and its flag before it writes anything", async () => {
    const server = createServer();
    const taken = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
    );
    const dataDir = join(folder, "taken");
    const others = ["--l1-port", "0", "--verifier-port", "0", "--explorer-port", "0", "--datadir", dataDir];
    const ended = await run("scripts/devnet.ts", ["--port", String(taken), ...others]);
    server.close();
    expectOneLine(ended, 1, new RegExp(`port-taken.*${taken}.*--port`));
    expect(readdirSync(dataDir)).to.deep.equal(["logs"]);
  });

  it("npm start says in one line that no L1 answers", async () => {
    const ports = ["--port", "0", "--verifier-port", "0", "--explorer-port", "0"];
    const { status, stderr } = await run("scripts/devnet.ts", ["--l1", "http://127.0.0.1:1", ...ports]);
    expect(stderr).to.match(/l1-unavailable/);
    expect(stderr.trim().split("\n"), stderr).to.have.length(1);
    expect(status).to.equal(1);
  });

  it("demo, simulate, build and deploy refuse what they cannot take", async () => {
    expectOneLine(await run("scripts/demo.ts", ["--seed", "abc"]), 2, /whole number/);
    expectOneLine(await run("scripts/simulate.ts", ["--runs", "0"]), 2, /from 1 to 10000/);
    expectOneLine(
      await run("scripts/build.ts", ["nonsense"]),
      2,
      /Allowed choices are vm, stf, program, contracts, explorer, bundles, devnet/,
    );
    const config = ["--config", join("deployment", "example.json")];
    const env = { SOLVENT_L1_URL: undefined, SOLVENT_DEPLOYER_KEY: undefined };
    expectOneLine(await run("scripts/deploy.ts", ["--network", "l1", ...config], env), 2, /SOLVENT_L1_URL/);
  });

  it("1.13 simulate --json prints one document, and nothing beside it", async () => {
    const game = ["--json", "--adversaries", "1", "--heights", "1,1,1", "--seed", "4", "--runs", "1"];
    const { status, stdout } = await run("scripts/simulate.ts", game);
    expect(status).to.equal(0);
    const { seed, lost, games } = JSON.parse(stdout) as { seed: number; lost: number; games: object[] };
    expect([seed, lost, games.length]).to.deep.equal([4, 0, 1]);
  });

  it("solvent economics refuses what is no configuration or no figure, and says what this machine can promise", async () => {
    const economics = (...args: string[]): Promise<Ended> => run("scripts/solvent.ts", ["economics", ...args]);
    expectOneLine(
      await economics("--config", join(folder, "none.json")),
      1,
      /config-unreadable.*give a file that is there/,
    );
    expectOneLine(await economics("--gas-price", "0"), 2, /config-invalid.*must be positive/);
    const { status, stdout } = await economics("--measure");
    expect(status).to.equal(0);
    expect(stdout).to.match(/million steps of the proof VM a second\n.*is answered in \d+ s, 10 at once in \d+ s\n/);
    const [, all, rule, verdict] =
      /10 at once in (\d+) s\n.*: (\d+) s; this deployment's: 3600 s, (enough|TOO SHORT)/.exec(stdout)!;
    expect(Number(rule)).to.equal(2 * Number(all));
    expect(verdict).to.equal(Number(all) <= 3_600 ? "enough" : "TOO SHORT");
  });

  it("solvent data-server keeps a batch over its own end, and names a port that is taken", async () => {
    const data = join(folder, "batches");
    const start = (at: string): ChildProcess =>
      spawn(
        process.execPath,
        ["--require", require.resolve("tsx/cjs"), "scripts/solvent.ts", "data-server", data, "--port", at],
        { cwd: ROOT },
      );
    const urlOf = async (child: ChildProcess): Promise<string> => {
      const [line] = (await once(child.stdout!, "data")) as [Buffer];
      return /served at (\S+)/.exec(line.toString())![1];
    };
    const first = start("0");
    const url = await urlOf(first);
    const put = await fetch(`${url}/put`, { method: "PUT", body: Uint8Array.of(1, 2, 3) });
    const commitment = toHex(new Uint8Array(await put.arrayBuffer()));
    expectOneLine(
      await run("scripts/solvent.ts", ["data-server", data, "--port", new URL(url).port]),
      1,
      /port-taken.*choose another/,
    );
    first.kill("SIGTERM");
    expect(await once(first, "exit")).to.deep.equal([0, null]);
    const second = start("0");
    const got = await fetch(`${await urlOf(second)}/get/${commitment}`);
    expect(new Uint8Array(await got.arrayBuffer())).to.deep.equal(Uint8Array.of(1, 2, 3));
    second.kill("SIGTERM");
    await once(second, "exit");
  });

  it("takes every fault as --help prints it, and none with words too many or numbers out of range", () => {
    for (const fault of ["wrong-state:first:7", "silent:2", "spam:4", "deposit-flood:20", "flip", "withheld-batch"])
      expect(() => checkFault(fault), fault).to.not.throw();
    for (const fault of [
      "flip:1",
      "spam:0",
      "spam:1000",
      "silent:3",
      "other-program",
      "withheld-batch:1",
      "deposit-flood:x",
      "toString",
      "",
    ])
      expect(() => checkFault(fault), fault).to.throw(/fault/);
  });

  it("solvent doctor names a port that is taken, with the flag that chooses another, and ends with status 1", async () => {
    const server = createServer();
    const isMine = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false)); // somebody else has it: as good
      server.listen(9545, "127.0.0.1", () => resolve(true));
    });
    const { status, stdout } = await run("scripts/solvent.ts", ["doctor", "--l1", "http://127.0.0.1:1"]);
    if (isMine) await new Promise((resolve) => server.close(resolve));
    expect(stdout).to.match(/^ok {4}Node v/m);
    expect(stdout).to.match(/^WRONG port 9545: .*--port/m);
    expect(stdout, "the page's").to.match(/port 9547/);
    expect(stdout).to.match(/^WRONG L1 at http:\/\/127.0.0.1:1: .*is the node up/m);
    expect(status).to.equal(1);
  });

  it("solvent says in one line that no devnet answers", async () => {
    const ended = await run("scripts/solvent.ts", ["status", "--url", "http://127.0.0.1:1"]);
    expectOneLine(ended, 1, /no devnet answers at http:\/\/127.0.0.1:1/);
  });

  it("refuses a file that is no snapshot of a devnet", async () => {
    const file = join(folder, "nonsense.solvent");
    writeFileSync(file, "nonsense");
    const ports = ["--l1-port", "0", "--port", "0", "--verifier-port", "0", "--explorer-port", "0"];
    const { status, stderr } = await run("scripts/devnet.ts", ["--load", file, ...ports]);
    expect(stderr).to.match(/cannot be read as a snapshot of a devnet/);
    expect(status).to.equal(2);
  });
});
