import type { StoredBlock } from "../../node/chain/blockTables";
import type { Chain } from "../../node/chain/chain";
import type { Hex } from "../../protocol/types";
import { PREDEPLOYS } from "../../deployment";
import type { L1View } from "../../node/l1/view";
import { decodeCursor, EMPTY_TRIE_ROOT, fromHex, keccak256, toHex } from "../../protocol";
import { createStateReader } from "../../node/state";
import { hashKey, tableRange } from "../../node/store/keys";
import type { WriteBatch } from "../../node/store/database";
import {
  addTo,
  decodeBooks,
  depositsOf,
  encodeBooks,
  movementsOf,
  type Asset,
  type AssetBooks,
  type Books,
  type BlockMovements,
  type Withdrawal,
} from "./books";
import { stateChange, type StateChange } from "./supply";

/**
 * What can be wrong, by name. `created`: a block owes more than its messages brought, be it minted twice, minted past the bridge, or drifted.
 * `short`: L1 holds less than is owed, stolen or shrunk. `paid-unrecorded`: a payment of what no block recorded. `paid-twice`: one
 * withdrawal, two payments. `other-last-root`: exits under a root that is not the chain's last.
 */
export type AlertName = "created" | "short" | "paid-unrecorded" | "paid-twice" | "other-last-root";

/** Something that must never be: the chain, or the bridge, owes more than it got. `block`: of L2. */
export interface Alert {
  name: AlertName;
  block: number;
  asset: Asset;
  text: string;
}

/** Slot of `totalSupply` in an L2 token. Source: OpenZeppelin's ERC20. */
const TOTAL_SUPPLY_SLOT = 2n;

/**
 * Keeps the books of the safe chain block by block, from storage and balances rather than from what contracts report: the supply of
 * ether is the sum of all balances, that of a token is its `totalSupply` slot. No block may create more of an asset than the messages
 * that it consumed brought from L1.
 */
export class BlockAuditor {
  private last: { block: StoredBlock; books: Books } | null = null;
  readonly alerts: Alert[] = [];

  constructor(
    private readonly chain: Chain,
    private readonly view: L1View,
    private readonly tokenBridge: Hex,
  ) {}

  /** The books after the last audited block. */
  get books(): Books {
    return this.last?.books ?? new Map();
  }

  get block(): StoredBlock | null {
    return this.last?.block ?? null;
  }

  /** Audits every block up to the safe head; what a reorg dropped is audited anew. @param isStopping - asked between blocks. */
  async advance(isStopping: () => boolean): Promise<void> {
    this.last = this.resume();
    const from = this.last?.block.header.number ?? -1;
    for (let number = from + 1; number <= this.chain.safe.number && !isStopping(); number++) {
      await this.audit(this.chain.requireBlockAt(number));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** A recorded withdrawal of the canonical chain, by its hash: what it takes of each asset. */
  withdrawal(hash: Hex): Withdrawal[] | undefined {
    const value = this.chain.store.get(hashKey("withdrawal", fromHex(hash)));
    if (value === undefined) return undefined;
    const { block, parts } = JSON.parse(value.toString()) as { block: Hex; parts: [Asset, string][] };
    if (this.chain.blockBy(block) === undefined) return undefined;
    return parts.map(([asset, amount]) => ({ hash, asset, amount: BigInt(amount) }));
  }

  /** Hashes of all withdrawals that the canonical chain has recorded, in no order. */
  async recorded(): Promise<Hex[]> {
    const entries = await this.chain.store.database.range(...tableRange("withdrawal"));
    return entries.map(([key]) => toHex(key.subarray(-32))).filter((hash) => this.withdrawal(hash) !== undefined);
  }

  /** The newest block of the safe chain that was audited; null before genesis was. */
  private resume(): { block: StoredBlock; books: Books } | null {
    const { chain } = this;
    if (this.last !== null && this.last.block.header.number <= chain.safe.number && chain.isCanonical(this.last.block))
      return this.last;
    for (let number = chain.safe.number; number >= 0; number--) {
      const block = chain.requireBlockAt(number);
      const value = chain.store.get(hashKey("audit", fromHex(block.hash)));
      if (value !== undefined) return { block, books: decodeBooks(value.toString()) };
    }
    return null;
  }

  private async audit(block: StoredBlock): Promise<void> {
    const before = this.last;
    const root = before?.block.header.stateRoot ?? EMPTY_TRIE_ROOT;
    const change = stateChange(this.chain.store.nodes, root, block.header.stateRoot);
    const movements = movementsOf(this.chain.tables, block, this.tokenBridge);
    const books = this.booksAfter(before?.books ?? new Map<Asset, AssetBooks>(), block, change, movements);
    if (before !== null) this.checkCreation(before.books, books, before.block, block);
    await this.chain.store.write((write) => {
      write.put(hashKey("audit", fromHex(block.hash)), Buffer.from(encodeBooks(books)));
      putWithdrawals(write, block.hash, movements.withdrawals);
    });
    this.last = { block, books };
  }

  private booksAfter(before: Books, block: StoredBlock, change: StateChange, movements: BlockMovements): Books {
    const state = createStateReader(this.chain.store.nodes, block.header.stateRoot);
    const books: Books = new Map([...before].map(([asset, entry]) => [asset, { ...entry }]));
    const ether = entryOf(books, "ether");
    ether.supply += change.supply;
    ether.dead = state.account(PREDEPLOYS.messagePasser)?.balance ?? 0n;
    for (const [l2Token, l1Token] of movements.created) {
      const entry = entryOf(books, l1Token);
      entry.tokens = [...entry.tokens, l2Token];
    }
    for (const [asset, entry] of books)
      if (asset !== "ether" && entry.tokens.some((token) => change.accounts.has(pathOf(token))))
        entry.supply = entry.tokens.reduce((sum, token) => sum + state.storage(token, TOTAL_SUPPLY_SLOT), 0n);
    for (const { asset, amount } of movements.withdrawals) entryOf(books, asset).withdrawn += amount;
    return books;
  }

  /** What is owed may grow by no more than what the consumed messages brought. */
  private checkCreation(before: Books, after: Books, parent: StoredBlock, block: StoredBlock): void {
    const [from, to] = [parent, block].map(({ header }) => Number(decodeCursor(header.extraData).delayed));
    const brought = new Map<Asset, bigint>();
    for (let index = from; index < to; index++)
      for (const [asset, amount] of depositsOf(this.view.message(index)!, this.tokenBridge))
        addTo(brought, asset, amount);
    for (const [asset, entry] of after) {
      const created = owedIn(entry) - owedIn(before.get(asset));
      const allowed = brought.get(asset) ?? 0n;
      if (created <= allowed) continue;
      const text = `block ${block.header.number} creates ${created} of ${asset}, its messages brought ${allowed}`;
      this.alerts.push({ name: "created", block: block.header.number, asset, text });
    }
  }
}

/** What the chain owes of an asset: what can move on L2, and every withdrawal ever recorded (what was paid of them is L1's to say). */
export function owedIn(entry: AssetBooks | undefined): bigint {
  return entry === undefined ? 0n : entry.supply - entry.dead + entry.withdrawn;
}

function entryOf(books: Books, asset: Asset): AssetBooks {
  let entry = books.get(asset);
  if (entry === undefined) books.set(asset, (entry = { supply: 0n, dead: 0n, withdrawn: 0n, tokens: [] }));
  return entry;
}

function pathOf(address: Hex): string {
  return toHex(keccak256(fromHex(address))).slice(2);
}

function putWithdrawals(write: WriteBatch, block: Hex, withdrawals: readonly Withdrawal[]): void {
  const byHash = new Map<Hex, [Asset, string][]>();
  for (const { hash, asset, amount } of withdrawals)
    byHash.set(hash, [...(byHash.get(hash) ?? []), [asset, String(amount)]]);
  for (const [hash, parts] of byHash)
    write.put(hashKey("withdrawal", fromHex(hash)), Buffer.from(JSON.stringify({ block, parts })));
}
