import { expect } from "chai";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { keccak256 } from "../../../protocol";
import { hashKey, numberKey } from "../../../node/store/keys";
import { pack, packedItem, unpack } from "../../../node/store/pack";
import { Store, putJson } from "../../../node/store/store";

describe("store", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "solvent-store-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("shows put nodes at once and keeps them with the next write", async () => {
    const data = Buffer.from("a trie node");
    const hash = keccak256(data);
    let store = await Store.open(folder, "test");
    store.nodes.put(hash, data);
    expect(store.nodes.get(hash)).to.deep.equal(data);
    expect(store.get(hashKey("node", hash))).to.equal(undefined);
    await store.write((batch) => putJson(batch, "x", { a: 1 }), { sync: true });
    await store.close();
    store = await Store.open(folder, "test");
    expect(Buffer.from(store.nodes.get(hash)!)).to.deep.equal(data);
    expect(store.getJson("x")).to.deep.equal({ a: 1 });
    await store.close();
  });

  it("reads through a snapshot what was there when it was taken", async () => {
    const store = await Store.open(folder, "test");
    const key = numberKey("canonical", 7);
    await store.write((batch) => batch.put(key, Buffer.from("before")));
    const snapshot = store.database.snapshot();
    await store.write((batch) => batch.put(key, Buffer.from("after")));
    expect(store.get(key, snapshot)!.toString()).to.equal("before");
    expect(store.get(key)!.toString()).to.equal("after");
    await snapshot.close();
    await store.close();
  });

  it("refuses a second process, another chain's data and another schema", async () => {
    const store = await Store.open(folder, "chain 1");
    await expectCode(Store.open(folder, "chain 1"), "store-locked");
    await store.close();
    await expectCode(Store.open(folder, "chain 2"), "store-identity");
    const again = await Store.open(folder, "chain 1");
    const old = Buffer.from(JSON.stringify({ version: 0, identity: "chain 1" }));
    await again.write((batch) => batch.put(Buffer.from("!schema"), old));
    await again.close();
    const message = await expectCode(Store.open(folder, "chain 1"), "store-schema");
    expect(message).to.match(/delete that folder/);
  });

  for (const victim of ["CURRENT", "MANIFEST"]) {
    it(`refuses a database whose ${victim} is garbage and says how to rebuild`, async () => {
      const store = await Store.open(folder, "test");
      await store.write((batch) => batch.put(numberKey("canonical", 1), Buffer.alloc(32)));
      await store.close();
      const file = readdirSync(join(folder, "db")).find((name) => name.startsWith(victim))!;
      writeFileSync(join(folder, "db", file), "garbage\n");
      const message = await expectCode(Store.open(folder, "test"), "store-corrupted");
      expect(message).to.match(/rebuilt from L1: stop the process, delete that folder and start again/);
    });
  }

  it("survives kill -9 in the middle of writing: whole batches or none", async function () {
    this.timeout(30_000);
    for (const delay of [40, 110, 190]) {
      const child = spawn(process.execPath, ["-r", "tsx/cjs", resolve(__dirname, "writer.ts"), folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let acknowledged = -1;
      const lines = child.stdout.setEncoding("utf8");
      await new Promise<void>((done) => {
        lines.on("data", (text: string) => {
          for (const line of text.split("\n")) if (line !== "") acknowledged = Math.max(acknowledged, Number(line));
          setTimeout(() => child.kill("SIGKILL"), delay);
        });
        child.once("exit", () => done());
      });
      const store = await Store.open(folder, "test");
      const last = store.getJson<number>("last") ?? -1;
      expect(last).to.be.at.least(acknowledged);
      for (let i = 0; i <= last; i++) {
        const node = Buffer.from(`node ${i}`);
        expect(store.get(numberKey("canonical", i))!.toString()).to.equal(`block ${i}`);
        expect(Buffer.from(store.nodes.get(keccak256(node))!)).to.deep.equal(node);
      }
      expect(store.get(numberKey("canonical", last + 1))).to.equal(undefined);
      await store.close();
    }
  });

  it("packs lists with random access", () => {
    const items = [Buffer.from("a"), Buffer.alloc(0), Buffer.from("ccc")];
    const packed = pack(items);
    expect(unpack(packed)).to.deep.equal(items);
    expect(packedItem(packed, 2).toString()).to.equal("ccc");
    expect(unpack(pack([]))).to.deep.equal([]);
  });
});

async function expectCode(promise: Promise<unknown>, code: string): Promise<string> {
  try {
    await promise;
  } catch (error) {
    expect((error as { code: string }).code).to.equal(code);
    return (error as Error).message;
  }
  throw new Error(`expected an error with code ${code}`);
}
