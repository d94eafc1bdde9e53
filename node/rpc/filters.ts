import { randomBytes } from "node:crypto";
import type { ChainReader, HeadEvent } from "../chain/types";
import type { Hex } from "../../protocol/types";
import { serverError } from "./errors";
import { formatLog } from "./format/receipt";
import type { Work } from "./work";
import { isMatch, queryLogs, type LogCriteria } from "./logs";

/** A filter that nobody asks for is dropped after this long. */
const IDLE_MS = 5 * 60_000;
/** Changes kept for one filter; older ones are lost to a client that never asks. */
const MAX_CHANGES = 10_000;
/** Filters that are kept; a new one takes the place of the one that was asked for the longest ago. */
const MAX_FILTERS = 10_000;

type Filter = {
  kind: "block" | "transaction" | "log";
  changes: unknown[];
  usedAt: number;
  criteria?: LogCriteria;
  /** The filter object as given, for eth_getFilterLogs. */
  source?: unknown;
};

/** The polled filters of eth_newFilter and its kin. Owns their pending changes; forgets idle ones. */
export class FilterRegistry {
  private readonly chain: ChainReader;
  private readonly filters = new Map<Hex, Filter>();
  private unsubscribe: (() => void) | null = null;

  constructor(chain: ChainReader) {
    this.chain = chain;
  }

  create(kind: Filter["kind"], criteria?: LogCriteria, source?: unknown): Hex {
    this.unsubscribe ??= this.chain.subscribe({
      onHead: (event) => this.onHead(event),
      onPendingTransaction: (hash) => this.push("transaction", () => [hash]),
    });
    const id: Hex = `0x${randomBytes(16).toString("hex")}`;
    if (this.filters.size >= MAX_FILTERS) this.filters.delete(this.filters.keys().next().value!);
    this.filters.set(id, { kind, changes: [], usedAt: Date.now(), criteria, source });
    return id;
  }

  /** What came since the last call. @throws -32000 `filter not found`. */
  changes(id: Hex): unknown[] {
    return this.find(id).changes.splice(0);
  }

  /** All logs that a log filter matches. @throws -32000 `filter not found`. */
  async logs(id: Hex, work: Work): Promise<unknown[]> {
    const filter = this.find(id);
    if (filter.kind !== "log") throw serverError("filter not found");
    return (await queryLogs(this.chain, filter.source ?? {}, 0, work)).map(formatLog);
  }

  remove(id: Hex): boolean {
    return this.filters.delete(id);
  }

  close(): void {
    this.unsubscribe?.();
    this.filters.clear();
  }

  private find(id: Hex): Filter {
    const filter = this.filters.get(id);
    if (filter === undefined) throw serverError("filter not found");
    filter.usedAt = Date.now();
    this.filters.delete(id);
    this.filters.set(id, filter);
    return filter;
  }

  private onHead(event: HeadEvent): void {
    this.push("block", () => event.added.map((block) => block.hash));
    this.push("log", (filter) => changedLogs(this.chain, event, filter.criteria!));
  }

  private push(kind: Filter["kind"], changesOf: (filter: Filter) => unknown[]): void {
    const oldest = Date.now() - IDLE_MS;
    for (const [id, filter] of this.filters) {
      if (filter.usedAt < oldest) this.filters.delete(id);
      else if (filter.kind === kind && filter.changes.length < MAX_CHANGES) filter.changes.push(...changesOf(filter));
    }
  }
}

/** Logs of a head event that match: those of dropped blocks first, marked as removed. */
export function changedLogs(chain: ChainReader, event: HeadEvent, criteria: LogCriteria): Record<string, unknown>[] {
  const of = (blocks: HeadEvent["added"], removed: boolean): Record<string, unknown>[] =>
    blocks
      .flatMap((block) => chain.blockReceipts(block).flatMap((receipt) => receipt.logs))
      .filter((log) => isMatch(log, criteria))
      .map((log) => formatLog({ ...log, removed }));
  return [...of(event.dropped, true), ...of(event.added, false)];
}
