import { expect } from "chai";
import { hexlify, randomBytes } from "ethers";
import { QUEUE_ABI } from "../../../games/edges/abi";
import { parseGameLog } from "../../../games/edges/events";
import { edgeId, rootPlace } from "../../../games/edges/place";
import { GameReplica } from "../../../games/edges/replica";
import { inboxHash } from "../../../games/names";
import { ZERO_ADDRESS, ZERO_HASH } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { heldBytes } from "../../support/collect";

const HEIGHT = 20;
const EDGES = 20_000;
/** An object of twelve fields, its place and their entries in maps, and five hashes and an account as text. */
const MOST_BYTES = 1_000;

describe("challenger: the replica of a game", function () {
  this.timeout(120_000);

  it(`keeps an edge that logs made in at most ${MOST_BYTES} bytes`, () => {
    const replica = new GameReplica({ heights: [HEIGHT, 1, 1], challengePeriodSeconds: 100, stakes: [1n, 1n, 1n] });
    const apply = (name: string, args: unknown[]): void =>
      replica.apply(parseGameLog(QUEUE_ABI.encodeEventLog(name, args))!, 1);
    apply("AssertionAdded", assertion());
    const bisectUntil = (edges: number): void => {
      const open = [...replica.edges.keys()];
      for (const id of open) {
        if (replica.edges.size >= edges) return;
        apply("Bisected", [id, hash(), hash(), hexlify(randomBytes(20)), 10n ** 15n]);
      }
      bisectUntil(edges);
    };
    // What is kept of hashes, however many there were, is there by then.
    bisectUntil(EDGES);
    const before = heldBytes();
    bisectUntil(2 * EDGES);
    const each = (heldBytes() - before) / EDGES;
    expect(replica.edges.size).to.be.within(2 * EDGES, 2 * EDGES + 1);
    expect(each).to.be.within(300, MOST_BYTES);
  });
});

/** The arguments of an `AssertionAdded`. */
function assertion(): unknown[] {
  const childInbox = { batchCount: 0, lastBatch: ZERO_HASH, delayedCount: 0, lastDelayed: ZERO_HASH };
  const origin = { above: hash(), start: hash(), inbox: inboxHash(childInbox) };
  const root = hash();
  const id = edgeId(rootPlace(0, origin, HEIGHT), root);
  return [id, origin.above, ZERO_ADDRESS, 0, ZERO_ADDRESS, root, hash(), 1, origin, childInbox, 0];
}

function hash(): Hex {
  return hexlify(randomBytes(32)) as Hex;
}
