import type { Hex } from "../../protocol/types";
import type { InboxState, Origin, OutputPreimage } from "../types";
import { CLAIMS_ABI } from "./abi";

export interface AssertMove {
  kind: "assertState";
  origin: Origin;
  output: OutputPreimage;
}

export interface AnswerMove {
  kind: "attack" | "defend";
  assertion: Hex;
  /** Number of the claim that is answered, its value, and the position of the answer. */
  parent: number;
  disputed: Hex;
  position: number;
  value: Hex;
  /** At the split depth: register bytes of the run's last machine. Else `0x`. */
  last: Hex;
}

export interface StepMove {
  kind: "step";
  assertion: Hex;
  index: number;
  isAttack: boolean;
  origin: Origin;
  inbox: InboxState;
  witness: Hex;
}

export interface ResolveMove {
  kind: "resolveClaim";
  assertion: Hex;
  index: number;
}

export interface ConfirmMove {
  kind: "confirm";
  assertion: Hex;
}

/** Everything that changes the game. All are open to anyone. */
export type ClaimsMove = AssertMove | AnswerMove | StepMove | ResolveMove | ConfirmMove;

/** Calldata of a move, for the queue. */
export function encodeMove(move: ClaimsMove): Hex {
  return CLAIMS_ABI.encodeFunctionData(move.kind, moveArguments(move)) as Hex;
}

function moveArguments(move: ClaimsMove): unknown[] {
  switch (move.kind) {
    case "assertState":
      return [move.origin, move.output];
    case "attack":
    case "defend":
      return [move.assertion, move.parent, move.disputed, move.value, move.last];
    case "step":
      return [move.assertion, move.index, move.isAttack, move.origin, move.inbox, move.witness];
    case "resolveClaim":
      return [move.assertion, move.index];
    case "confirm":
      return [move.assertion];
  }
}

/** Gas that a move needs inside a multicall, from above. */
export function moveGasBound(move: ClaimsMove, stepGas: number): number {
  if (move.kind === "step") return stepGas;
  return { assertState: 350_000, attack: 260_000, defend: 260_000, resolveClaim: 100_000, confirm: 100_000 }[move.kind];
}
