import { fromHex, toHex } from "../../protocol";
import type { Hex } from "../../protocol/types";
import type { WriteBatch } from "../store/database";
import { addressKey, keyNumber, nameKey, numberKey } from "../store/keys";
import type { Store } from "../store/store";

const ADDRESS_BYTES = 20;
const HASH_BYTES = 32;
const INDEX_BYTES = 4;

/** A block in whose transactions an address occurs, and in which of them. */
export interface Occurrence {
  number: number;
  indices: number[];
}

/** What is written of a block: per address the places of its transactions in the block. */
export interface BlockOccurrences {
  number: number;
  hash: Hex;
  addresses: ReadonlyMap<Hex, readonly number[]>;
}

/**
 * The tables of where addresses occur. A block's rows and the record of the block that they belong to are written together, and a block that
 * takes another's number takes its rows away: rows count where the record names the canonical block.
 */
export class AddressTable {
  constructor(private readonly store: Store) {}

  /** The block behind the last that was written; 0 before the first. What is below it may have left the chain since. */
  get end(): number {
    const value = this.store.get(nameKey("indexed", "addresses"));
    return value === undefined ? 0 : Number(value.readBigUInt64BE());
  }

  /** Whether the rows of that number are those of that block. */
  has(number: number, hash: Hex): boolean {
    const record = this.store.get(numberKey("occurrences", number));
    return record !== undefined && toHex(record.subarray(0, HASH_BYTES)) === hash;
  }

  /** Writes blocks that follow each other, and that they are the last. */
  async write(blocks: readonly BlockOccurrences[], end: number): Promise<void> {
    await this.store.write((batch) => {
      for (const block of blocks) this.put(batch, block);
      const value = Buffer.alloc(8);
      value.writeBigUInt64BE(BigInt(end));
      batch.put(nameKey("indexed", "addresses"), value);
    });
  }

  /** Blocks `from <= number < to` in which an address occurs, the lowest first or, backwards, the highest. */
  async find(address: Hex, from: number, to: number, page: { limit: number; reverse: boolean }): Promise<Occurrence[]> {
    const bytes = fromHex(address);
    const [first, end] = [from, to].map((number) => addressKey("occurrence", bytes, number));
    const rows = await this.store.database.range(first, end, undefined, page);
    return rows.map(([key, value]) => ({
      number: keyNumber(key.subarray(ADDRESS_BYTES)),
      indices: Array.from({ length: value.length / INDEX_BYTES }, (_, i) => value.readUInt32BE(INDEX_BYTES * i)),
    }));
  }

  private put(batch: WriteBatch, { number, hash, addresses }: BlockOccurrences): void {
    const record = numberKey("occurrences", number);
    for (const address of addressesIn(this.store.get(record))) batch.del(addressKey("occurrence", address, number));
    batch.put(record, Buffer.concat([hash, ...addresses.keys()].map((hex) => fromHex(hex))));
    for (const [address, indices] of addresses) {
      const value = Buffer.alloc(INDEX_BYTES * indices.length);
      indices.forEach((index, i) => value.writeUInt32BE(index, INDEX_BYTES * i));
      batch.put(addressKey("occurrence", fromHex(address), number), value);
    }
  }
}

function* addressesIn(record: Buffer | undefined): Generator<Uint8Array> {
  for (let at = HASH_BYTES; at < (record?.length ?? 0); at += ADDRESS_BYTES)
    yield record!.subarray(at, at + ADDRESS_BYTES);
}
