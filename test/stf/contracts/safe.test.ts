import { Wallet, getBytes, ZeroAddress } from "ethers";
import { expect } from "chai";
import { fromHex, toHex } from "../../../protocol";
import { artifact } from "./support/artifact";
import { Session, type Deployed } from "./support/session";

const CONTRACTS = "@safe-global/safe-contracts/build/artifacts/contracts";
const SAFE = artifact(`${CONTRACTS}/Safe.sol/Safe.json`);
const RECEIVER = "0x00000000000000000000000000000000005afe00";

describe("Safe 1.4.1 on the engine, next to @ethereumjs/vm", function () {
  this.timeout(120_000);
  let session: Session;
  let safe: Deployed;
  let owners: Wallet[];

  before(async () => {
    session = await Session.create();
    owners = session.signers.map(({ key }) => new Wallet(toHex(key)));
    owners.sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
    const singleton = await session.deploy(SAFE);
    const factory = await session.deploy(artifact(`${CONTRACTS}/proxies/SafeProxyFactory.sol/SafeProxyFactory.json`));
    const handler = await session.deploy(
      artifact(`${CONTRACTS}/handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json`),
    );
    const setup = singleton.abi.encodeFunctionData("setup", [
      owners.map(({ address }) => address),
      2,
      ZeroAddress,
      "0x",
      handler.address,
      ZeroAddress,
      0,
      ZeroAddress,
    ]);
    const created = await session.send(factory, "createProxyWithNonce", [singleton.address, setup, 7]);
    expect(created.success).to.equal(true);
    const proxy = created.logs.at(-1)!.topics[1];
    safe = session.at(`0x${proxy.slice(26)}`, SAFE);
    await session.sendRaw({ to: safe.address, value: 10n ** 18n, data: new Uint8Array(0) }, session.signers[0]);
  });

  /** Calls execTransaction with signatures of those owners, over the hash that the Safe itself states. */
  async function execute(value: bigint, signers: Wallet[], data = "0x", to = RECEIVER) {
    const call = [to, value, data, 0, 0, 0, 0, ZeroAddress, ZeroAddress];
    const [nonce] = await session.read(safe, "nonce");
    const [hash] = await session.read(safe, "getTransactionHash", ...call, nonce);
    const signatures = signers.map((owner) => owner.signingKey.sign(getBytes(hash)).serialized.slice(2)).join("");
    return session.send(safe, "execTransaction", [...call, `0x${signatures}`]);
  }

  it("knows its owners through the proxy", async () => {
    expect((await session.read(safe, "getOwners"))[0].toArray()).to.have.members(owners.map(({ address }) => address));
  });

  it("pays with two signatures in order, and counts", async () => {
    const { success, logs } = await execute(1000n, owners.slice(0, 2));
    expect(success).to.equal(true);
    expect(logs).to.have.length(1);
    expect((await session.read(safe, "nonce"))[0]).to.equal(1n);
  });

  it("refuses one signature, signatures out of order, and those of a call that was made", async () => {
    expect((await execute(1n, owners.slice(0, 1))).success).to.equal(false);
    expect((await execute(1n, [owners[1], owners[0]])).success).to.equal(false);
    expect((await execute(10n ** 20n, owners.slice(0, 2))).success).to.equal(false);
  });

  it("changes its own threshold by a call to itself", async () => {
    const data = safe.abi.encodeFunctionData("changeThreshold", [3]);
    expect((await execute(0n, owners.slice(1, 3), data, safe.address)).success).to.equal(true);
    expect((await execute(1n, owners.slice(0, 2))).success).to.equal(false);
    expect((await execute(1n, owners)).success).to.equal(true);
  });

  it("answers ERC-1271 through its fallback handler", async () => {
    const handler = session.at(
      safe.address,
      artifact(`${CONTRACTS}/handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json`),
    );
    const message = `0x${"ab".repeat(32)}`;
    const [hash] = await session.read(handler, "getMessageHash", message);
    const signatures = owners.map((owner) => owner.signingKey.sign(getBytes(hash)).serialized.slice(2)).join("");
    const [answer] = await session.read(
      handler,
      "isValidSignature(bytes32,bytes)",
      message,
      fromHex(`0x${signatures}`),
    );
    expect(answer).to.equal("0x1626ba7e");
  });
});
