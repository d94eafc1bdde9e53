import { expect } from "chai";
import { connect, type Socket } from "node:net";
import { feedUrlOf } from "../../verifier/feed/open";
import type { Verifier } from "../../verifier/verifier";
import { FeedScene, headOf, NOBODY } from "./support/feedScene";
import { newSeed } from "./support/frauds";
import { randomOf } from "./support/random";
import { until } from "./support/system";

const REPLICAS = 8;
/** Of each replica: the one it listens to (-1: the sequencer), or null for the liar. */
const BEHIND: readonly (number | null)[] = [-1, -1, 0, 0, 2, 4, null, null];
const STEPS = 60;

describe("e2e: eight replicas in a tree, lies, restarts and readers that do not read", function () {
  this.timeout(1_200_000);
  const scene = new FeedScene();
  const seed = Number(process.env.SOLVENT_SEED ?? newSeed());
  const random = randomOf(seed);
  const pick = (count: number): number => Math.floor(random() * count);
  const replicas: Verifier[] = [];
  const sleepers: Socket[] = [];
  before(() => scene.start());
  after(async () => {
    for (const sleeper of sleepers) sleeper.destroy();
    await scene.stop();
  });

  /** The last two can ask the sequencer, which their feed is not; the others have the feed and L1 alone. */
  async function start(number: number): Promise<void> {
    const behind = BEHIND[number];
    const above = behind === -1 ? scene.sequencer.rpcUrl! : behind === null ? null : replicas[behind].rpcUrl!;
    replicas[number] = await scene.startVerifier(`replica ${number}`, {
      sequencerUrl: above === null ? scene.sequencer.rpcUrl : NOBODY,
      feed: { source: above === null ? scene.liar.url : feedUrlOf(above) },
    });
  }

  /** Bytes, or a message of the sequencer's name of which some bits are others. */
  function lie(): Uint8Array {
    if (random() < 0.3) return Uint8Array.from({ length: pick(3_000) }, () => pick(256));
    const message = scene.message(scene.otherBlock(1 + pick(3)).told);
    for (let i = pick(4); i > 0; i--) message[pick(message.length)] ^= 1 << pick(8);
    return message;
  }

  const actions: Record<string, () => Promise<void>> = {
    block: async () => {
      for (let i = pick(5); i > 0; i--) await scene.sequencer.submit(await scene.sign());
      await scene.sequencer.buildNow();
    },
    another: () => scene.block(),
    flush: () => scene.sequencer.flush(),
    restart: async () => {
      // A leaf of the tree: who listens to one that is gone looks for it at its old port.
      const number = [1, 3, 5, 6, 7][pick(5)];
      await scene.stopVerifier(replicas[number]);
      await start(number);
    },
    lies: async () => {
      for (let i = pick(20); i > 0; i--) scene.liar.tellWhoReads(lie());
    },
    sleeper: async () => {
      const { hostname, port } = new URL(scene.sequencer.rpcUrl!);
      const sleeper = connect(Number(port), hostname).on("error", () => {});
      sleepers.push(sleeper);
      const lines = ["GET /feed HTTP/1.1", "Host: feed", "Connection: Upgrade", "Upgrade: websocket"];
      sleeper.write(
        [...lines, "Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${"A".repeat(22)}==`, "", ""].join("\r\n"),
      );
      sleeper.pause();
    },
  };

  it("have one chain in the end, and none has ended", async () => {
    console.log(`      SOLVENT_SEED=${seed}`);
    for (let number = 0; number < REPLICAS; number++) await start(number);
    for (let step = 0; step < STEPS; step++) {
      const names = Object.keys(actions);
      await actions[names[pick(names.length)]]();
      await new Promise((resolve) => setTimeout(resolve, pick(300)));
      expect(scene.ended).to.deep.equal([]);
    }
    await scene.block();
    await scene.sequencer.flush();
    for (const [number, { core }] of replicas.entries())
      await until(`replica ${number} has it from L1`, () => core.chain.safe.hash === headOf(scene.sequencer), 120);
    // All of them follow what comes then, the last two by asking.
    await scene.block();
    for (const replica of replicas) await scene.untilEqual(replica);
    expect(scene.ended).to.deep.equal([]);
  });
});
