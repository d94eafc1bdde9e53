import { expect } from "chai";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { devAccount } from "../../devnet/accounts";
import { readArtifact } from "../../deployment";
import { startDevnet } from "./support/devnet";

const run = promisify(execFile);

/** The platform's binary of `@foundry-rs/cast`; null where npm has not installed one. */
function castBinary(): string | null {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const suffix = process.platform === "win32" ? ".exe" : "";
  try {
    return require.resolve(`@foundry-rs/cast-${process.platform}-${arch}/bin/cast${suffix}`);
  } catch {
    return null;
  }
}

describe("clients: cast, unmodified", function () {
  this.timeout(120_000);
  const binary = castBinary();
  const key = ["--private-key", devAccount(4).privateKey];
  let url: string;
  let contract: string;
  let created: { status: string; contractAddress: string };

  before(async function () {
    if (binary === null) {
      console.log(`      skipped: @foundry-rs/cast has no binary for ${process.platform} ${process.arch} here`);
      this.skip();
    }
    url = (await startDevnet()).l2.sequencer!;
    created = JSON.parse(
      await cast("send", ...key, "--json", "--create", readArtifact("test/Tally").bytecode),
    ) as never;
    contract = created.contractAddress;
  });

  async function cast(...args: string[]): Promise<string> {
    const [command, ...rest] = args;
    const { stdout } = await run(binary!, [command, "--rpc-url", url, ...rest], {
      env: { ...process.env, NO_COLOR: "1" },
    });
    return stdout.trim();
  }

  it("reads the chain: id, block, balance", async () => {
    expect(await cast("chain-id")).to.equal("42161001");
    expect(JSON.parse(await cast("block", "0", "--json"))).to.include({ number: "0x0" });
    expect(BigInt(await cast("balance", devAccount(4).address, "--block", "earliest"))).to.equal(10n ** 20n);
  });

  it("deploys a contract", async () => {
    expect(created.status).to.equal("0x1");
    expect((await cast("code", contract)).length).to.be.greaterThan(100);
  });

  it("sends a transaction and reads what it did", async () => {
    const receipt = JSON.parse(await cast("send", ...key, "--json", contract, "add(uint256)", "6"));
    expect(receipt.status).to.equal("0x1");
    expect(await cast("call", contract, "total()(uint256)")).to.equal("6");
    expect(BigInt(await cast("storage", contract, "0"))).to.equal(6n);
    const logs = JSON.parse(await cast("logs", "--json", "--from-block", "0", "--address", contract)) as unknown[];
    expect(logs).to.have.length(1);
    expect(JSON.parse(await cast("proof", contract, "0"))).to.have.property("storageProof");
  });

  it("estimates, lists accesses, and traces", async () => {
    const from = ["--from", devAccount(4).address];
    expect(Number(await cast("estimate", ...from, contract, "add(uint256)", "1"))).to.be.greaterThan(21_000);
    expect(await cast("access-list", ...from, contract, "add(uint256)", "1")).to.match(/0x0{63}0|0x0/);
    expect(await cast("gas-price")).to.match(/^\d+$/);
  });

  it("shows why a call reverts", async () => {
    const failure = await cast("call", contract, "failWithText()").then(
      () => "",
      (error: { stderr: string }) => error.stderr,
    );
    expect(failure).to.contain("no such luck");
  });
});
