import { createMPT } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { expect } from "chai";
import fc from "fast-check";
import { createProbe, type Probe, SCRATCH, updateTrie } from "../support/probe";

const EMPTY_ROOT = "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

function get(probe: Probe, root: string, key: Uint8Array): string {
  probe.write(SCRATCH, Buffer.from(root, "hex"));
  probe.write(SCRATCH + 32, key);
  const length = probe.call.trieGetKey!(SCRATCH, SCRATCH + 32, key.length * 2);
  return Buffer.from(probe.read(probe.global("trieValue"), length)).toString("hex");
}

/** Keys of 32 bytes that share long prefixes, so that paths of every shape occur. */
const bytes32 = fc
  .tuple(
    fc.array(fc.constantFrom(0, 1, 0x10, 0xff), { minLength: 3, maxLength: 3 }),
    fc.integer({ min: 0, max: 31 }),
    fc.nat(255),
  )
  .map(([head, position, last]) => {
    const key = new Uint8Array(32);
    key.set(head);
    key[position] = last;
    return key;
  });
/** Keys of different length, one a prefix of the other. */
const anyKey = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((key) => key.map((byte) => byte & 0x11));
const value = fc.oneof(
  fc.constant(new Uint8Array(0)),
  fc.uint8Array({ minLength: 1, maxLength: 3 }),
  fc.uint8Array({ minLength: 30, maxLength: 120 }),
);

/** From scratch and with puts only: @ethereumjs/mpt 10.1.3 leaves other shapes after deletes of keys that are prefixes of others. */
async function referenceRoot(model: Map<string, string>): Promise<string> {
  const trie = await createMPT();
  for (const [key, value] of model)
    if (value !== "") await trie.put(Buffer.from(key, "hex"), Buffer.from(value, "hex"));
  return Buffer.from(trie.root()).toString("hex");
}

describe("stf trie", () => {
  let probe: Probe;
  before(async () => {
    probe = await createProbe();
  });

  for (const [name, key] of [
    ["keys of 32 bytes", bytes32],
    ["keys of any length", anyKey],
  ] as const) {
    it(`equals @ethereumjs/mpt over batches of puts and deletes, with ${name}`, async () => {
      const batch = fc.uniqueArray(fc.tuple(key, value), {
        selector: ([k]) => Buffer.from(k).toString("hex"),
        minLength: 1,
        maxLength: 24,
      });
      await fc.assert(
        fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 5 }), async (batches) => {
          let root = EMPTY_ROOT;
          const model = new Map<string, string>();
          for (const changes of batches) {
            for (const [k, v] of changes) model.set(Buffer.from(k).toString("hex"), Buffer.from(v).toString("hex"));
            root = updateTrie(probe, root, changes);
            expect(root).to.equal(await referenceRoot(model));
          }
          for (const [k, v] of model) expect(get(probe, root, Buffer.from(k, "hex"))).to.equal(v);
        }),
        { numRuns: 300 },
      );
    });
  }

  it("computes the root over a list, for every length up to 300", async () => {
    const list = SCRATCH + 64;
    const reference = await createMPT();
    probe.call.orderedRoot!(list, 0, SCRATCH);
    expect(Buffer.from(probe.read(SCRATCH, 32)).toString("hex")).to.equal(EMPTY_ROOT);
    for (let index = 0; index < 300; index++) {
      const item = Buffer.alloc(1 + ((index * 37) % 300), index + 1);
      const at = list + 8192 + index * 512;
      probe.write(at, item);
      probe.write(list + index * 8, new Uint8Array(new Uint32Array([at, item.length]).buffer));
      await reference.put(RLP.encode(index), item);
      probe.call.orderedRoot!(list, index + 1, SCRATCH);
      expect(Buffer.from(probe.read(SCRATCH, 32)).toString("hex")).to.equal(
        Buffer.from(reference.root()).toString("hex"),
      );
    }
  });
});
