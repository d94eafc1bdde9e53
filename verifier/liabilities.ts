import type { NodeCore } from "../actor/core";
import { SumThread } from "../actor/sums/thread";
import { hashRecord } from "../protocol/liability";
import { invalidArgument } from "../node/rpc/errors";
import type { Params } from "../node/rpc/params";
import type { RpcMethods } from "../node/rpc";
import type { StoredBlock } from "../node/chain/blockTables";
import type { Hex } from "../protocol/types";

/** Records that one judgement may bring: the longest way down that a trie has. */
const MOST_RECORDS = 64;

/** What accounts own together, and proofs about it: summed in a thread, for a state may have millions of trie nodes. */
export function liabilityMethods(core: Pick<NodeCore, "chain" | "store" | "endsWith">): RpcMethods {
  const thread = new SumThread(core.store.database.path);
  core.endsWith(() => thread.close());
  /** The block that an argument names; the safe head where it names none. */
  const blockAt = (params: Params, index: number): StoredBlock => {
    const { chain } = core;
    return chain.requireBlockAt(params.raw(index) === undefined ? chain.safe.number : params.number(index));
  };
  const stateAt = (params: Params, index: number): Hex => blockAt(params, index).header.stateRoot;
  return {
    rollup_getLiabilities: async (params) => {
      const { header, hash } = blockAt(params, 0);
      const { number, stateRoot } = header;
      const sum = await thread.sum(stateRoot);
      return { block: { number, hash }, stateRoot, root: sum.hash, total: String(sum.total) };
    },
    rollup_proveLiability: (params) => thread.prove(stateAt(params, 1), params.address(0)),
    rollup_judgeSum: (params) => {
      const sum = { hash: params.hash(1), total: params.quantity(2) };
      const records = recordsOf(params, 3);
      return thread.judge(stateAt(params, 0), sum, records);
    },
    rollup_getSumRecord: (params) => thread.record(stateAt(params, 0), params.hash(1)),
  };
}

/** Records by their hashes. */
function recordsOf(params: Params, index: number): Map<Hex, Hex> {
  const given = params.raw(index) ?? [];
  if (!Array.isArray(given) || given.length > MOST_RECORDS)
    throw invalidArgument(index, `expected at most ${MOST_RECORDS} records`);
  try {
    return new Map((given as Hex[]).map((record) => [hashRecord(record), record]));
  } catch (error) {
    throw invalidArgument(index, `expected records: ${(error as Error).message}`);
  }
}
