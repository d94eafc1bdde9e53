import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBeHex, ZeroAddress } from "ethers";
import { Book, type Offer } from "../../../liquidity/book";
import { Sayings } from "../../../liquidity/sayings";
import { Store } from "../../../node/store/store";
import { isErrorCode } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";

const MOST_WAITING = 100;
const MOST_REFUSED = 1_000;
const hex = (value: number, bytes: number): Hex => toBeHex(value, bytes) as Hex;

function offer(number: number, state: Offer["state"], price = 1n, margin = 0n): Offer {
  const terms = {
    owner: hex(1, 20),
    asset: ZeroAddress as Hex,
    price,
    deadline: 2n ** 64n - 1n,
    salt: hex(number, 32),
  };
  return { claim: hex(number, 32), terms, l2Hash: hex(number, 32), state, reason: "", value: 2n ** 100n, margin };
}

describe("What a maker says of an offer", () => {
  it("says each cause once, of each offer, and forgets the offer that was looked at longest ago beyond ten thousand", () => {
    const sayings = new Sayings();
    expect([1, 1, 2].map((i) => sayings.isNew(hex(i, 32), "price"))).to.deep.equal([true, false, true]);
    expect(sayings.isNew(hex(1, 32), "funds")).to.equal(true);
    for (let i = 3; i <= 10_000; i++) sayings.isNew(hex(i, 32), "price");
    expect(sayings.isNew(hex(2, 32), "price")).to.equal(false);
    sayings.isNew(hex(10_001, 32), "price");
    expect(sayings.isNew(hex(2, 32), "price")).to.equal(false);
    expect(sayings.isNew(hex(1, 32), "price")).to.equal(true);
  });
});

describe("A maker's book", () => {
  let folder: string;
  let store: Store;
  let book: Book;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-book-"));
    store = await Store.open(folder, "book");
    book = new Book(store);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it("is the same after a restart, but for what was refused", async () => {
    const kept = [offer(1, "waiting"), offer(2, "bought", 3n * 10n ** 18n), offer(3, "paid")];
    for (const one of [...kept, offer(4, "refused")]) await book.set(one);
    expect(book.get(hex(4, 32))?.state).to.equal("refused");
    const again = new Book(store);
    for (const one of kept) expect(again.get(one.claim)).to.deep.equal(one);
    expect(again.get(hex(4, 32))).to.equal(undefined);
    expect(again.exposure).to.equal(3n * 10n ** 18n);
    expect(again.open.map(({ state }) => state)).to.deep.equal(["waiting", "bought"]);
  });

  it("takes a hundred that wait, and one more when one is decided", async () => {
    for (let i = 1; i <= MOST_WAITING; i++) await book.add(offer(i, "waiting"));
    const full = await book.add(offer(MOST_WAITING + 1, "waiting")).catch((error: unknown) => error);
    expect(isErrorCode(full, "offers-full")).to.equal(true);
    expect(book.get(hex(MOST_WAITING + 1, 32))).to.equal(undefined);
    await book.set(offer(1, "refused"));
    await book.add(offer(MOST_WAITING + 1, "waiting"));
    expect(book.count("waiting")).to.equal(MOST_WAITING);
  });

  it("gives the place of the newest that leaves least to one that leaves more, and to none that leaves as much", async () => {
    for (let i = 1; i <= MOST_WAITING; i++) await book.add(offer(i, "waiting", 1n, i <= 2 ? 5n : 9n));
    const refused = await book.add(offer(200, "waiting", 1n, 5n)).catch((error: unknown) => error);
    expect(isErrorCode(refused, "offers-full")).to.equal(true);
    await book.add(offer(201, "waiting", 1n, 6n));
    expect([1, 2, 201].map((i) => book.get(hex(i, 32))?.state)).to.deep.equal(["waiting", undefined, "waiting"]);
    expect(book.count("waiting")).to.equal(MOST_WAITING);
    expect(new Book(store).get(hex(2, 32))).to.equal(undefined);
  });

  it("gives a hundred offers without a withdrawal up for one that has, never one that was bought", async () => {
    await book.set(offer(500, "bought", 1n, -9n));
    for (let i = 1; i <= MOST_WAITING; i++) await book.add(offer(i, "waiting"));
    for (let i = 1; i <= MOST_WAITING; i++) await book.add(offer(1_000 + i, "waiting", 1n, 1n));
    for (let i = 1; i <= MOST_WAITING; i++) expect(book.get(hex(i, 32))).to.equal(undefined);
    expect(book.get(hex(500, 32))?.state).to.equal("bought");
    // One that would lose the maker's gas comes behind those that nobody has seen.
    const worse = await book.add(offer(2_000, "waiting", 1n, -1n)).catch((error: unknown) => error);
    expect(isErrorCode(worse, "offers-full")).to.equal(true);
  });

  it("writes nothing where words and figures change", async () => {
    await book.add(offer(1, "waiting"));
    book.note({ ...offer(1, "waiting"), reason: "another price", margin: 7n });
    expect(book.get(hex(1, 32))?.reason).to.equal("another price");
    expect(new Book(store).get(hex(1, 32))?.reason).to.equal("");
  });

  it("forgets what it refused first beyond a thousand, so that refusals fill no memory", async () => {
    for (let i = 1; i <= MOST_REFUSED; i++) await book.set(offer(i, "refused"));
    expect(book.get(hex(1, 32))?.state).to.equal("refused");
    await book.set(offer(MOST_REFUSED + 1, "refused"));
    expect(book.get(hex(1, 32))).to.equal(undefined);
    expect(book.get(hex(2, 32))?.state).to.equal("refused");
    expect(book.count("refused")).to.equal(MOST_REFUSED);
  });
});
