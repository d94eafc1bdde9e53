import { QUEUE_ABI } from "../../../../games/edges/abi";
import type { GameEvent } from "../../../../games/edges/events";
import { edgeId } from "../../../../games/edges/place";
import type { At } from "../../../../games/edges/types";
import type { Hex } from "../../../../protocol/types";
import type { SeenMove } from "../history";
import type { ProofSource } from "../proof";

/** The proof that a `StepProven` recorded. */
export function proofOf({ transaction, event }: SeenMove<GameEvent>): ProofSource {
  const id = event.kind === "StepProven" ? event.id : "0x";
  return {
    ...{ transaction, key: id, abi: QUEUE_ABI },
    pick(call) {
      if (call.name !== "proveStep") return null;
      const { place, root, witness } = call.args.toObject() as {
        place: Record<keyof At, unknown>;
        root: Hex;
        witness: Hex;
      };
      const at: At = {
        level: Number(place.level) as At["level"],
        origin: place.origin as Hex,
        height: Number(place.height),
        index: Number(place.index),
        prefix: place.prefix as Hex,
        claim: place.claim as Hex,
      };
      return edgeId(at, root) === id ? witness : null;
    },
  };
}
