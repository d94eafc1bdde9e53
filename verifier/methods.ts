import type { NodeCore } from "../actor/core";
import { SolventError } from "../protocol/errors";
import { toJson, type SystemInfo } from "../actor/rollupInfo";
import type { RpcMethods } from "../node/rpc";
import type { SolvencyAudit } from "./audit/audit";
import { liabilityMethods } from "./liabilities";

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

/** All edges of the game, for who draws disputes. */
export function gameMethods(info: SystemInfo): RpcMethods {
  return { rollup_getEdges: () => info.edges() };
}
