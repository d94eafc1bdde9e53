import { keccak256 } from "../../../protocol";
import { numberKey } from "../../../node/store/keys";
import { Store, putJson } from "../../../node/store/store";

/** Writes numbered batches until it is killed, and prints each number once it was acknowledged. */
async function main(folder: string): Promise<void> {
  const store = await Store.open(folder, "test");
  for (let i = (store.getJson<number>("last") ?? -1) + 1; ; i++) {
    const node = Buffer.from(`node ${i}`);
    store.nodes.put(keccak256(node), node);
    await store.write(
      (batch) => {
        putJson(batch, "last", i);
        batch.put(numberKey("canonical", i), Buffer.from(`block ${i}`));
      },
      { sync: i % 3 === 0 },
    );
    process.stdout.write(`${i}\n`);
  }
}

void main(process.argv[2]);
