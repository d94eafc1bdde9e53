import type { Hex } from "../../../protocol/types";
import { openEngine, type Engine, type ExecuteResult } from "../../../node/engine";
import { decodeRlp, rlpList, toHex, ZERO_HASH } from "../../../protocol";
import { MemoryNodes } from "../../conformance/eest/memoryNodes";
import { putState } from "../../conformance/eest/preState";
import { Random } from "./random";
import { Reference, type ReferenceResult } from "./reference";
import { BASE_FEE, BLOCK, CHAIN_ID, COINBASE, randomWorld, type World } from "./world";

const RECEIPT_FIELDS = ["status", "cumulative gas", "bloom", "logs"];

/** What a run of cases saw; `difference` is null where both agree on all of it. */
export interface Comparison {
  cases: number;
  transactions: number;
  refused: number;
  failed: number;
  logs: number;
  difference: string | null;
}

/** The engine and @ethereumjs/vm side by side. */
export class Comparer {
  private constructor(
    readonly nodes: MemoryNodes,
    readonly engine: Engine,
    readonly reference: Reference,
  ) {}

  static async create(): Promise<Comparer> {
    const nodes = new MemoryNodes();
    return new Comparer(nodes, openEngine({ nodes, chainId: CHAIN_ID }), await Reference.create(nodes));
  }

  /** Runs cases `seed`, `seed + 1`, ... until `isOver` or a difference. */
  async run(seed: number, isOver: (cases: number) => boolean): Promise<Comparison> {
    const seen: Comparison = { cases: 0, transactions: 0, refused: 0, failed: 0, logs: 0, difference: null };
    while (seen.difference === null && !isOver(seen.cases)) {
      const caseSeed = seed + seen.cases;
      const difference = await this.compare(randomWorld(new Random(caseSeed)), seen);
      seen.cases += 1;
      if (difference !== null) seen.difference = `seed ${caseSeed}: ${difference}`;
    }
    return seen;
  }

  /** Null, or the first difference between the two on this case. */
  async compare({ pre, transactions }: World, seen: Comparison): Promise<string | null> {
    this.nodes.clear();
    const { result, difference } = await this.execute(putState(pre, this.nodes), transactions);
    seen.transactions += transactions.length;
    seen.refused += result.excluded.length;
    for (const receipt of result.receipts) {
      const [status, , , logs] = receiptFields(receipt);
      if (status.length === 0) seen.failed += 1;
      seen.logs += logs.length;
    }
    return difference;
  }

  /** Runs a block of these transactions on a state of the store in both; the engine's result, and null or the first difference. */
  async execute(
    parentStateRoot: Hex,
    transactions: readonly Uint8Array[],
  ): Promise<{ result: ExecuteResult; difference: string | null }> {
    const expected = await this.reference.run(parentStateRoot, transactions);
    const result = this.engine.executeBlock(
      {
        ...BLOCK,
        parentHash: ZERO_HASH,
        parentStateRoot,
        baseFee: BASE_FEE,
        coinbase: COINBASE,
        prevRandao: ZERO_HASH,
        extraData: new Uint8Array(0),
        parentBeaconBlockRoot: ZERO_HASH,
        chainId: CHAIN_ID,
        ownWrites: "none",
      },
      transactions,
    );
    return { result, difference: firstDifference(result, expected, transactions.length) };
  }
}

function firstDifference(actual: ExecuteResult, expected: ReferenceResult, count: number): string | null {
  const ours = new Map(actual.excluded.map(({ index, message }) => [index, message]));
  for (let index = 0; index < count; index++) {
    const [our, their] = [ours.get(index), expected.excluded.get(index)];
    if ((our === undefined) !== (their === undefined))
      return `transaction ${index}: ${our ?? "valid"} here, ${their ?? "valid"} there`;
  }
  for (const [index, receipt] of actual.receipts.entries()) {
    const [our, their] = [receiptFields(receipt), receiptFields(expected.receipts[index])];
    const field = RECEIPT_FIELDS.findIndex((_, at) => text(our[at]) !== text(their[at]));
    if (field >= 0)
      return `receipt ${index}: ${RECEIPT_FIELDS[field]} ${text(our[field])} here, ${text(their[field])} there`;
  }
  if (actual.gasUsed !== expected.gasUsed) return `gas ${actual.gasUsed} here, ${expected.gasUsed} there`;
  return actual.stateRoot === expected.stateRoot ? null : "state roots differ";
}

function receiptFields(receipt: Uint8Array) {
  return rlpList(decodeRlp(receipt[0] < 0xc0 ? receipt.subarray(1) : receipt));
}

function text(item: unknown): string {
  if (item instanceof Uint8Array) return toHex(item);
  return Array.isArray(item) ? `[${item.map(text).join(",")}]` : String(item);
}
