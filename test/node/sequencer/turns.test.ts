import { expect } from "chai";
import { CalldataBatches } from "../../../node/data/calldata/batches";
import { batchDataOf } from "../../../node/data/registry";
import type { BatchData } from "../../../node/data/batchData";
import type { Hex } from "../../../protocol/types";
import { turnsOf } from "../../../sequencer/turns/registry";
import { KEYS, startAnvil, type Anvil } from "../support/anvil";
import { dataPlace, deployInbox, type TestInbox } from "../support/inbox";

describe("the Inbox names its data and its turns", function () {
  this.timeout(60_000);
  let anvil: Anvil;
  let test: TestInbox;
  const open = (inbox: Hex): (() => Promise<BatchData>) => batchDataOf(dataPlace(anvil.rpc, inbox));
  const STRANGE: Hex = `0x${"ee".repeat(20)}`;

  before(async function () {
    const started = await startAnvil();
    if (started === null) return this.skip();
    anvil = started;
    test = await deployInbox(anvil.rpc, KEYS, () => anvil.mine());
    // A contract that answers 9 to everything: an Inbox of a later version.
    await anvil.rpc.send("anvil_setCode", [STRANGE, "0x600960005260206000f3"]);
  });
  after(() => anvil?.stop());

  it("opens the variants that stand there", async () => {
    const inbox = test.address as Hex;
    expect(await open(inbox)()).to.be.instanceOf(CalldataBatches);
    expect(await (await turnsOf(anvil.rpc, inbox, test.sequencer.address as Hex)()).obstacle(0)).to.equal(null);
  });

  it("says whose key it takes where a sequencer runs with another", async () => {
    const turns = await turnsOf(anvil.rpc, test.address as Hex, test.user.address as Hex)();
    const [theirs, ours] = [test.sequencer.address.toLowerCase(), test.user.address];
    expect(await turns.obstacle(0)).to.equal(
      `the Inbox takes batches of ${theirs} alone, and this is ${ours}: set the key that was deployed`,
    );
  });

  it("refuses kinds that it does not know, by code, and an address without a contract", async () => {
    const codeOf = (opened: Promise<unknown>): Promise<unknown> =>
      opened.catch((error: { code: string }) => error.code);
    expect(await codeOf(open(STRANGE)())).to.equal("data-unknown");
    expect(await codeOf(turnsOf(anvil.rpc, STRANGE, STRANGE)())).to.equal("sequencing-unknown");
    expect(await codeOf(open(`0x${"dd".repeat(20)}`)())).to.equal("l1-inconsistent");
  });

  it("asks again after L1 failed", async () => {
    const opened = open(test.address as Hex);
    const isRefused = await anvil.frozen(() =>
      opened().then(
        () => false,
        () => true,
      ),
    );
    expect(isRefused).to.equal(true);
    expect(await opened()).to.be.instanceOf(CalldataBatches);
  });
});
