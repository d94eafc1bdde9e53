import { CLAIMS_ABI } from "../../../../games/claims/abi";
import { parseClaimsLog, type ClaimsEvent } from "../../../../games/claims/events";
import { ClaimsReplica } from "../../../../games/claims/replica";
import type { RpcLog } from "../../chain/types";
import { costOf, createFollow } from "../follow";
import { findCall } from "../proof";
import { disputeOfEvent, type PlayedEvent, type Rules } from "./history";

/** The whole game from L1's logs, on with every block. */
export const useClaims = createFollow<PlayedEvent, ClaimsReplica, Rules>("claims", {
  async open(read) {
    const [heights, period, extension] = await Promise.all([
      Promise.all([0, 1, 2].map((level) => read(CLAIMS_ABI, "heightOf", [level]))),
      read(CLAIMS_ABI, "challengePeriod"),
      read(CLAIMS_ABI, "clockExtension"),
    ]);
    const [h0, h1, h2] = heights.map(Number);
    const depths = Array.from({ length: h0 + h1 + h2 + 2 }, (_, depth) => depth);
    return {
      heights: [h0, h1, h2],
      bonds: await Promise.all(depths.map((depth) => read(CLAIMS_ABI, "bondOf", [depth]))),
      maxClockSeconds: Number(period),
      extensionSeconds: Number(extension),
    };
  },
  parse,
  rules: ({ heights }) => ({
    createReplica: () => new ClaimsReplica(),
    disputeOf: (event, replica) => disputeOfEvent(event, replica, heights),
  }),
});

/** The log of a step does not say which of two steps it was; its transaction does. */
async function parse(log: RpcLog): Promise<PlayedEvent | null> {
  const event = parseClaimsLog(log);
  if (event?.kind !== "StepPlayed") return event;
  const { input } = await costOf(log.transactionHash);
  return { ...event, isAttack: isAttackIn(input, event) };
}

function isAttackIn(input: string, { assertion, index }: Extract<ClaimsEvent, { kind: "StepPlayed" }>): boolean | null {
  return findCall(CLAIMS_ABI, input, ({ name, args }) =>
    name === "step" && args.assertion === assertion && Number(args.index) === index ? Boolean(args.isAttack) : null,
  );
}
