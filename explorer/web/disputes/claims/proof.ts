import { CLAIMS_ABI } from "../../../../games/claims/abi";
import type { Hex } from "../../../../protocol/types";
import type { SeenMove } from "../history";
import type { ProofSource } from "../proof";
import type { PlayedEvent } from "./history";

/** The proof that a `StepPlayed` recorded. */
export function proofOf({ transaction, event }: SeenMove<PlayedEvent>): ProofSource {
  const [assertion, index] = event.kind === "StepPlayed" ? [event.assertion, event.index] : ["0x", 0];
  return {
    ...{ transaction, key: `${assertion} ${index}`, abi: CLAIMS_ABI },
    pick: ({ name, args }) =>
      name === "step" && args.assertion === assertion && Number(args.index) === index ? (args.witness as Hex) : null,
  };
}
