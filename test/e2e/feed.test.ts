import { expect } from "chai";
import { connect } from "@nats-io/transport-node";
import { randomBytes } from "node:crypto";
import { systemOf } from "../../actor/deployedSystem";
import { devAccount, ROLES } from "../../devnet/accounts";
import { feedSubject } from "../../node/feed/nats/feed";
import { L1Rpc } from "../../node/l1/rpc";
import { WINDOW_BLOCKS } from "../../node/feed/guard";
import { MAX_MESSAGE_BYTES } from "../../node/feed/message";
import { toHex } from "../../protocol";
import { feedUrlOf } from "../../verifier/feed/open";
import type { Verifier } from "../../verifier/verifier";
import { hasNats, NatsServer, requireNats } from "../support/nats";
import { FeedScene, headOf, NOBODY, refusals } from "./support/feedScene";
import { eventually, until } from "./support/system";

const IS_FULL = process.env.SOLVENT_FULL === "1";
/** Of the refusals that are told by the message alone, those that a quick run sees from end to end. */
const FEW = [0, 4, 5, 8];

describe("e2e: replicas take blocks from a feed", function () {
  this.timeout(300_000);
  const scene = new FeedScene();
  const nats = new NatsServer();
  before(async () => {
    if (hasNats()) await nats.start();
    await scene.start({ natsUrl: nats.url });
  });
  after(async () => {
    await scene.stop();
    await nats.remove();
  });
  afterEach(() => expect(scene.ended).to.deep.equal([]));

  it("follows what the feed alone tells, and passes it on to who asks it", async () => {
    const { sequencer } = scene;
    await scene.block();
    const first = await scene.startVerifier("first", {
      ...{ sequencerUrl: NOBODY, feed: { source: feedUrlOf(sequencer.rpcUrl!) } },
    });
    const second = await scene.startVerifier("second", {
      ...{ sequencerUrl: NOBODY, feed: { source: feedUrlOf(first.rpcUrl!) } },
    });
    // The block that was there before they came, and those that come.
    for (let i = 0; i < 3; i++) {
      for (const verifier of [first, second]) await scene.untilEqual(verifier);
      await scene.block();
    }
    for (const verifier of [first, second]) await scene.untilEqual(verifier);
    expect(second.core.chain.safe.number).to.equal(0);
    await scene.untilSafe(second);
    await scene.stopVerifier(second);
    await scene.stopVerifier(first);
  });

  it("counts the nonces of what it handed to the sequencer at once, until blocks have them", async () => {
    const { sequencer } = scene;
    const verifier = await scene.startVerifier("forwarding", { sequencerUrl: sequencer.rpcUrl });
    await scene.untilEqual(verifier);
    const rpc = new L1Rpc(verifier.rpcUrl!, { retries: 0 });
    const { address } = devAccount(3);
    const nonce = async (tag: string): Promise<number> =>
      Number(await rpc.send("eth_getTransactionCount", [address, tag]));
    const before = await nonce("latest");
    for (let i = 1; i <= 3; i++) {
      const hash = await rpc.send("eth_sendRawTransaction", [toHex(await scene.sign())]);
      expect(await nonce("pending")).to.equal(before + i);
      expect(await rpc.send("eth_getTransactionByHash", [hash])).to.include({ hash, blockHash: null });
    }
    expect(await nonce("latest")).to.equal(before);
    expect(await rpc.send("txpool_status", [])).to.deep.equal({ pending: "0x3", queued: "0x0" });
    await sequencer.buildNow();
    await scene.untilEqual(verifier);
    expect([await nonce("latest"), await nonce("pending")]).to.deep.equal([before + 3, before + 3]);
    expect(await rpc.send("txpool_status", [])).to.deep.equal({ pending: "0x0", queued: "0x0" });
    await rpc.close();
    await scene.stopVerifier(verifier);
  });

  describe("that a liar gives", () => {
    let verifier: Verifier;
    let count = 0;
    // One each: who was lied to leaves a feed for longer each time.
    beforeEach(async () => {
      verifier = await scene.startVerifier(`lied to ${++count}`, {
        ...{ sequencerUrl: scene.sequencer.rpcUrl, feed: { source: scene.liar.url } },
      });
      await scene.untilEqual(verifier);
    });
    afterEach(() => scene.stopVerifier(verifier));

    /** Gives the liar's messages until one was refused so, and has the sequencer's blocks all the same. */
    async function refused(code: string, message: () => Uint8Array): Promise<void> {
      const before = await refusals(verifier, code);
      await eventually(`it is refused: ${code}`, async () => {
        await scene.liar.tell(message());
        return (await refusals(verifier, code)) > before;
      });
      await scene.block();
      await scene.untilEqual(verifier);
    }

    const other = (change: object = {}) => ({ ...scene.otherBlock(1).told, ...change });
    const CASES: [string, string, () => Uint8Array][] = [
      ["feed-malformed", "bytes that are nothing", () => randomBytes(500)],
      ["feed-malformed", "no bytes at all", () => new Uint8Array()],
      ["feed-malformed", "a body that is no block", () => scene.message(other({ body: randomBytes(40) }))],
      ["feed-oversize", "a message that is a little too long", () => new Uint8Array(MAX_MESSAGE_BYTES + 1)],
      ["feed-oversize", "a message that is far too long", () => new Uint8Array(50 * MAX_MESSAGE_BYTES)],
      ["feed-wrong-signer", "another's signature", () => scene.message(other(), devAccount(ROLES.liar).privateKey)],
      ["feed-wrong-chain", "another L1", () => scene.message(other(), undefined, 1n)],
      ["feed-far", "a height far above the head", () => scene.message(other({ number: 10_000 + WINDOW_BLOCKS }))],
      ["feed-far", "a time that L1 would not take", () => scene.message(scene.otherBlock(1_000_000).told)],
    ];
    for (const [code, what, message] of IS_FULL ? CASES : CASES.filter((_, i) => FEW.includes(i)))
      it(`refuses ${what}: ${code}`, () => refused(code, message));

    it("refuses a block that it has: feed-replayed", async () => {
      const { chain } = scene.sequencer.core;
      const { hash: blockHash, header } = chain.requireBlockAt(chain.unsafe.number);
      await refused("feed-replayed", () =>
        scene.message({ ...other(), number: header.number, parentHash: header.parentHash, blockHash }),
      );
    });

    it("follows no block that is not what the rules make of it, until L1 has passed it", async () => {
      const told = other({ blockHash: toHex(randomBytes(32)) });
      await scene.liar.tell(scene.message(told));
      await until("it says so", () => verifier.core.health.has("soft-confirmation"));
      await scene.block();
      await scene.untilSafe(verifier);
      await scene.block();
      await scene.untilEqual(verifier);
      await until("it says so no more", () => !verifier.core.health.has("soft-confirmation"));
    });

    it("asks the sequencer which of two blocks it stands by: feed-equivocation", async () => {
      const [one, two] = [scene.otherBlock(1).told, scene.otherBlock(2).told];
      const before = await refusals(verifier, "feed-equivocation");
      await scene.liar.tell(scene.message(one));
      await until("it follows the first", () => headOf(verifier) === one.blockHash);
      await scene.liar.tell(scene.message(two));
      await eventually("the second is refused", async () => (await refusals(verifier, "feed-equivocation")) > before);
      await until("it has what the sequencer shows", () => headOf(verifier) === headOf(scene.sequencer));
      await scene.block();
      await scene.untilEqual(verifier);
    });
  });

  it("reorgs to what L1 says where what the feed told was not posted", async () => {
    const verifier = await scene.startVerifier("reorged", {
      ...{ sequencerUrl: NOBODY, feed: { source: scene.liar.url } },
    });
    await scene.untilSafe(verifier);
    const { told } = scene.otherBlock(1);
    await scene.liar.tell(scene.message(told));
    await until("it follows the feed", () => headOf(verifier) === told.blockHash);
    await scene.block();
    await scene.untilSafe(verifier);
    expect(verifier.core.chain.blockAt(told.number)!.hash).not.to.equal(told.blockHash);
    // What the feed tells on the right chain is followed again.
    const next = scene.otherBlock(1).told;
    await eventually("it follows the feed again", async () => {
      await scene.liar.tell(scene.message(next));
      return headOf(verifier) === next.blockHash;
    });
    await scene.stopVerifier(verifier);
  });

  it("follows what a NATS cluster carries, whatever others write there", async function () {
    requireNats(this);
    const verifier = await scene.startVerifier("clustered", {
      ...{ sequencerUrl: NOBODY, feed: { source: nats.url } },
    });
    const stranger = await connect({ servers: nats.url });
    const { chainId, genesisOutputRoot } = systemOf(scene.system.deployment);
    await scene.untilSafe(verifier);
    await eventually("what a stranger writes is refused", async () => {
      stranger.publish(feedSubject(chainId, genesisOutputRoot), randomBytes(1_000));
      return (await refusals(verifier, "feed-malformed")) > 0;
    });
    for (let i = 0; i < 2; i++) {
      await scene.block();
      await scene.untilEqual(verifier);
    }
    expect(verifier.core.chain.unsafe.number).to.equal(verifier.core.chain.safe.number + 2);
    await stranger.close();
    await scene.stopVerifier(verifier);
  });

  it("falls back to L1 where the feed is silent and nobody can be asked", async () => {
    const verifier = await scene.startVerifier("silent", {
      ...{ sequencerUrl: NOBODY, feed: { source: scene.liar.url } },
    });
    await scene.block();
    await scene.untilSafe(verifier);
    expect(headOf(verifier)).to.equal(headOf(scene.sequencer));
  });
});
