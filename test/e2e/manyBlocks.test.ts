import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../actor/config/load";
import { systemOf } from "../../actor/deployedSystem";
import { openExecution } from "../../actor/execution";
import { createLogger } from "../../actor/log";
import { ROLES } from "../../devnet/accounts";
import { ZERO_HASH, concatBytes } from "../../protocol";
import { encodeBody, encodeSegment } from "../../protocol/batch";
import { verifierConfig } from "../../verifier/config";
import { Verifier } from "../../verifier/verifier";
import { TestSystem, until } from "./support/system";

const IS_FULL = process.env.SOLVENT_FULL === "1";
/** Blocks that one batch of 104,703 bytes and 4.2 million gas held in the audit, and a quick share of them. */
const BLOCKS = IS_FULL ? 49_152 : 1_000;
/** What a segment may hold of them. */
const BLOCKS_A_SEGMENT = 16_384;
/** With the default heights one assertion covers the whole batch; with a low one several must. */
const HEIGHT = IS_FULL ? 16 : 8;
/** Milliseconds of processor that a block may cost a verifier: far below the 33 of the audit, with room for a slower machine. */
const MOST_MS_A_BLOCK = 20;

describe(`e2e: a batch of ${BLOCKS.toLocaleString("en")} empty blocks`, function () {
  this.timeout(IS_FULL ? 3_600_000 : 300_000);
  const system = new TestSystem({ heights: [HEIGHT, 20, 14] });
  const folder = mkdtempSync(join(tmpdir(), "solvent-many-"));
  before(async () => {
    await system.start();
    await system.jump(BLOCKS + 60);
  });
  after(async () => {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("B2 B10 is taken by L1 in one transaction, and costs a verifier minutes", async () => {
    const inbox = system.contract("inbox/Inbox", system.deployment.addresses.inbox, ROLES.sequencer);
    const { timestamp } = (await system.provider.getBlock("latest"))!;
    const bodies = Array.from({ length: BLOCKS }, (_, i) =>
      encodeBody({ timestamp: BigInt(timestamp - BLOCKS + i), messageCount: 0n, transactions: [] }),
    );
    const segments: Uint8Array[] = [];
    for (let at = 0; at < BLOCKS; at += BLOCKS_A_SEGMENT)
      segments.push(encodeSegment(bodies.slice(at, at + BLOCKS_A_SEGMENT)));
    const data = concatBytes(...segments);
    const receipt = await (await inbox.postBatch(0, ZERO_HASH, 0, ZERO_HASH, data, { gasLimit: 16_000_000 })).wait();

    const config = parseConfig(verifierConfig, {
      dataDir: join(folder, "verifier"),
      deployment: system.devnet.info.deploymentFile,
      l1Url: system.devnet.info.l1.url,
      l1: { pollIntervalMs: 50, finality: 8 },
    });
    const log = createLogger("verifier", process.env.SOLVENT_LOG ?? "error");
    const [started, before] = [Date.now(), process.cpuUsage()];
    const verifier = await Verifier.create(config, { system: systemOf(system.deployment), open: openExecution, log });
    try {
      await verifier.start();
      await until("the verifier has all", () => verifier.core.chain.safe.number === BLOCKS, IS_FULL ? 3_000 : 200);
      const { user, system: kernel } = process.cpuUsage(before);
      const [minutes, each] = [(Date.now() - started) / 60_000, (user + kernel) / 1000 / BLOCKS];
      console.log(
        `      ${data.length} bytes, ${receipt.gasUsed} gas; ${each.toFixed(1)} ms of processor a block, ` +
          `${((each * BLOCKS) / 60_000).toFixed(1)} minutes in all (wall clock: ${minutes.toFixed(1)})`,
      );
      expect(each).to.be.below(MOST_MS_A_BLOCK);
    } finally {
      await verifier.stop();
    }
  });

  it("B2 asks for as many assertions as the bound says, and for the stakes of two at a time", async () => {
    const challenger = await system.startChallenger("challenger", ROLES.challenger);
    const mine = () => [...challenger.game.replica.assertions.values()];
    await until("all is asserted", () => mine().some((one) => one.l2BlockNumber === BLOCKS), IS_FULL ? 3_000 : 250);
    await until("it is quiet", () => challenger.isQuiet);
    expect(mine()).to.have.length(Math.ceil(BLOCKS / 2 ** HEIGHT) + 1);
    const staked = [...challenger.game.replica.edges.values()].filter(
      ({ staker, status, stakeMoved }) => staker === challenger.sender.address && status === "open" && !stakeMoved,
    );
    expect(staked.length).to.be.at.most(2);
  });
});
