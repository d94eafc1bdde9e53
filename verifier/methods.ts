import type { NodeCore } from "../actor/core";
import { SolventError } from "../protocol/errors";
import { toJson, type SystemInfo } from "../actor/rollupInfo";
import { invalidArgument } from "../node/rpc/errors";
import type { Params } from "../node/rpc/params";
import type { RpcMethods } from "../node/rpc";
import type { Hex } from "../protocol/types";
import type { SolvencyAudit } from "./audit/audit";
import { Liabilities, type SumCache } from "../games/sums/liabilities";
import { challengeSum } from "../games/sums/challenge";
import { hashRecord, type LiabilityProof } from "../protocol/liability";

/** Trie nodes whose sums are held in memory, at most: some 200 bytes each. */
const MOST_NODES = 2_000_000;
/** What blocks have left in the cache may be so much; then it starts anew. */
const KEPT_NODES = MOST_NODES / 2;
/** Records that one judgement may bring: the longest way down that a trie has. */
const MOST_RECORDS = 64;

/** What only a verifier answers: the audit, and proofs that a balance is counted in what the chain owes. */
export function auditMethods(core: NodeCore, audit: SolvencyAudit): RpcMethods {
  return {
    rollup_getAudit: () => {
      if (audit.current === null)
        throw new SolventError("audit-pending", "nothing was audited yet: the node is still syncing", { retry: true });
      return toJson(audit.current);
    },
    rollup_getAuditHistory: () => toJson(audit.history.points),
    ...liabilityMethods(core),
  };
}

function liabilityMethods(core: NodeCore): RpcMethods {
  const cache: SumCache = new Map();
  /** Of the block that an argument names; of the safe head where it names none. */
  const at = (params: Params, index: number) => {
    if (cache.size > KEPT_NODES) cache.clear();
    const { chain, store } = core;
    const number = params.raw(index) === undefined ? chain.safe.number : params.number(index);
    const block = chain.requireBlockAt(number);
    return { block, truth: new Liabilities(store.nodes, block.header.stateRoot, cache, MOST_NODES) };
  };
  return {
    rollup_getLiabilities: (params) => {
      const { block, truth } = at(params, 0);
      const { root, total, stateRoot } = truth;
      return { block: { number: block.header.number, hash: block.hash }, stateRoot, root, total: String(total) };
    },
    rollup_proveLiability: (params): LiabilityProof | null => at(params, 1).truth.prove(params.address(0)) ?? null,
    rollup_judgeSum: (params) => {
      const sum = { hash: params.hash(1), total: params.quantity(2) };
      const records = recordsOf(params, 3);
      return challengeSum(at(params, 0).truth, sum, (hash) => records.get(hash));
    },
    rollup_getSumRecord: (params) => at(params, 0).truth.recordBehind(params.hash(1)) ?? null,
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

/** All edges of the game, for who draws disputes. */
export function gameMethods(info: SystemInfo): RpcMethods {
  return { rollup_getEdges: () => info.edges() };
}
