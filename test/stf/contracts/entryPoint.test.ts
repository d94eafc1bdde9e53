import { concat, getBytes, toBeHex, Wallet } from "ethers";
import { expect } from "chai";
import type { Hex } from "../../../protocol/types";
import { toHex } from "../../../protocol";
import { signAuthorization } from "../../differential/support/sign";
import { CHAIN_ID } from "../../differential/support/world";
import { artifact } from "./support/artifact";
import { Session, type Deployed } from "./support/session";

const PACKAGE = "@account-abstraction/contracts/artifacts";
const RECEIVER: Hex = "0x0000000000000000000000000000000000004337";

describe("ERC-4337 EntryPoint 0.8 on the engine, next to @ethereumjs/vm", function () {
  this.timeout(120_000);
  let session: Session;
  let entryPoint: Deployed, factory: Deployed, account: Deployed;
  let owner: Wallet;

  before(async () => {
    session = await Session.create();
    owner = new Wallet(toHex(session.signers[1].key));
    entryPoint = await session.deploy(artifact(`${PACKAGE}/EntryPoint.json`));
    factory = await session.deploy(artifact(`${PACKAGE}/SimpleAccountFactory.json`), entryPoint.address);
    const [address] = await session.read(factory, "getAddress(address,uint256)", owner.address, 1);
    account = session.at(address.toLowerCase(), artifact(`${PACKAGE}/SimpleAccount.json`));
    await session.send(entryPoint, "depositTo", [account.address], { value: 10n ** 18n });
    await session.sendRaw({ to: account.address, value: 10n ** 18n, data: new Uint8Array(0) }, session.signers[0]);
  });

  async function handle(value: bigint, initCode = "0x", signer = owner) {
    const [nonce] = await session.read(entryPoint, "getNonce", account.address, 0);
    const operation = {
      sender: account.address,
      nonce,
      initCode,
      callData: account.abi.encodeFunctionData("execute", [RECEIVER, value, "0x"]),
      accountGasLimits: concat([toBeHex(1_000_000, 16), toBeHex(200_000, 16)]),
      preVerificationGas: 50_000,
      gasFees: concat([toBeHex(1, 16), toBeHex(20, 16)]),
      paymasterAndData: "0x",
      signature: "0x",
    };
    const [hash] = await session.read(entryPoint, "getUserOpHash", operation);
    operation.signature = signer.signingKey.sign(getBytes(hash)).serialized;
    return session.send(entryPoint, "handleOps", [[operation], session.signers[2].address]);
  }

  const eventsOf = (logs: { topics: string[]; data: string }[]) =>
    logs.map((log) => entryPoint.abi.parseLog(log)).filter((event) => event !== null);

  it("creates an account and runs its first operation", async () => {
    const create = factory.abi.encodeFunctionData("createAccount", [owner.address, 1]);
    const { success, logs } = await handle(1000n, concat([factory.address, create]));
    expect(success).to.equal(true);
    const event = eventsOf(logs).find(({ name }) => name === "UserOperationEvent");
    expect(event?.args.success).to.equal(true);
    expect((await session.read(account, "owner"))[0]).to.equal(owner.address);
  });

  it("runs a second operation, and reports one that fails", async () => {
    expect((await handle(5n)).success).to.equal(true);
    const { success, logs } = await handle(10n ** 20n);
    expect(success).to.equal(true);
    expect(eventsOf(logs).find(({ name }) => name === "UserOperationEvent")?.args.success).to.equal(false);
  });

  it("refuses an operation that somebody else signed", async () => {
    expect((await handle(1n, "0x", new Wallet(toHex(session.signers[2].key)))).success).to.equal(false);
  });

  it("lets an externally owned account act as Simple7702Account by delegation", async () => {
    const implementation = await session.deploy(artifact(`${PACKAGE}/Simple7702Account.json`));
    const signer = session.signers[2];
    const authorization = signAuthorization(CHAIN_ID, implementation.address, session.nonceOf(signer) + 1n, signer);
    const self = session.at(signer.address, artifact(`${PACKAGE}/Simple7702Account.json`));
    const sent = await session.send(self, "execute", [RECEIVER, 77n, "0x"], {
      type: 4,
      authorizations: [authorization],
      signer,
    });
    session.raiseNonce(signer);
    expect(sent.success).to.equal(true);
    const again = await session.send(
      self,
      "executeBatch",
      [
        [
          [RECEIVER, 1n, "0x"],
          [RECEIVER, 2n, "0x"],
        ],
      ],
      { signer },
    );
    expect(again.success).to.equal(true);
    expect((await session.send(self, "execute", [RECEIVER, 1n, "0x"])).success).to.equal(false);
  });
});
