import { checkSettled } from "../../../client/sums";
import { SUM_ROOTS_ABI } from "../../../games/sums/abi";
import type { LiabilityProof } from "../../../protocol/liability";
import type { Hex } from "../../../protocol/types";
import type { Assertion, SystemConfig } from "../chain/types";
import { L1Logs } from "../l1Logs";
import { l1, node } from "../live";
import { l1Provider } from "./providers";

/** Assertions that are looked through for the newest with a settled sum. */
const MOST_ASSERTIONS = 1_000;

/** What L1 says of the ether of all accounts: that it was not asked, that nothing is settled, or the newest sum of a confirmed state. */
export type SettledSum =
  | { state: "no-l1" | "no-contract" | "none" }
  | { state: "settled"; l2Block: number; total: bigint; proof: LiabilityProof | null };

/**
 * Asks L1 for the newest settled sum of a confirmed assertion, and whether it counts an account.
 * @param prove - the account's proof at a block; null where it has none.
 * @throws SolventError `liability-proof-wrong` where the node's state is another than the settled one, or what L1 answers.
 */
export async function findSettled(prove: (l2Block: number) => Promise<LiabilityProof | null>): Promise<SettledSum> {
  if (l1 === null) return { state: "no-l1" };
  const { sumRoots, startBlock } = await node.send<SystemConfig>("rollup_config");
  if (sumRoots === undefined) return { state: "no-contract" };
  const logs = await new L1Logs(sumRoots, startBlock, [SUM_ROOTS_ABI.getEvent("Settled")!.topicHash]).read();
  const settled = new Set(logs.map(({ topics }) => topics[2]));
  const assertions = await node.send<Assertion[]>("rollup_getAssertions", [MOST_ASSERTIONS]);
  const found = assertions.find(({ id, status }) => status === "confirmed" && settled.has(id));
  if (found === undefined) return { state: "none" };
  const { id, l2BlockNumber } = found;
  const proof = await prove(l2BlockNumber);
  const total =
    proof === null ? await totalOf(sumRoots, id) : await checkSettled(l1Provider(), sumRoots, id as Hex, proof);
  return total === null ? { state: "none" } : { state: "settled", l2Block: l2BlockNumber, total, proof };
}

async function totalOf(sumRoots: string, assertion: string): Promise<bigint> {
  const data = SUM_ROOTS_ABI.encodeFunctionData("sumOf", [assertion]);
  const answer = await l1!.send<string>("eth_call", [{ to: sumRoots, data }, "latest"]);
  return SUM_ROOTS_ABI.decodeFunctionResult("sumOf", answer)[0] as bigint;
}
