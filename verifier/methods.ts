import type { NodeCore } from "../actor/core";
import { SolventError } from "../protocol/errors";
import { toJson, type SystemInfo } from "../actor/rollupInfo";
import type { RpcMethods } from "../node/rpc";
import type { SolvencyAudit } from "./audit/audit";
import { Liabilities } from "./audit/liabilities";
import type { LiabilityProof } from "../protocol/liability";

/** Accounts of a proof of liabilities, at most: the tree is in memory. */
const MOST_ACCOUNTS = 1_000_000;

/** What only a verifier answers: the audit, and proofs that a balance is counted in what the chain owes. */
export function auditMethods(core: NodeCore, audit: SolvencyAudit): RpcMethods {
  let tree: { block: string; liabilities: Liabilities } | null = null;
  const liabilities = (): Liabilities => {
    const block = core.chain.requireBlockAt(core.chain.safe.number);
    if (tree?.block !== block.hash)
      tree = {
        block: block.hash,
        liabilities: new Liabilities(core.store.nodes, block.header.stateRoot, MOST_ACCOUNTS),
      };
    return tree.liabilities;
  };
  return {
    rollup_getAudit: () => {
      if (audit.current === null)
        throw new SolventError("audit-pending", "nothing was audited yet: the node is still syncing", { retry: true });
      return toJson(audit.current);
    },
    rollup_getAuditHistory: () => toJson(audit.history.points),
    rollup_getLiabilities: () => {
      const { root, total } = liabilities();
      return { block: core.chain.safe, root, total: String(total) };
    },
    rollup_proveLiability: (params): LiabilityProof | null => liabilities().prove(params.address(0)) ?? null,
  };
}

/** All edges of the game, for who draws disputes. */
export function gameMethods(info: SystemInfo): RpcMethods {
  return { rollup_getEdges: () => info.edges() };
}
