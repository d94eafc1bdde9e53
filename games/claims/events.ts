import type { Hex } from "../../protocol/types";
import { toAssertionInfo } from "../assertions";
import { readLog } from "../logs";
import type { AssertionInfo } from "../types";
import { CLAIMS_ABI } from "./abi";

/** A log of a queue of claims, decoded. Ids and addresses in lower case; amounts in wei. */
export type ClaimsEvent =
  | { kind: "AssertionAdded"; staker: Hex; assertion: AssertionInfo }
  | {
      kind: "ClaimMade";
      assertion: Hex;
      index: number;
      claimant: Hex;
      parent: number;
      position: number;
      value: Hex;
      used: number;
    }
  | { kind: "StepPlayed"; assertion: Hex; index: number; stepper: Hex }
  | { kind: "ClaimResolved"; assertion: Hex; index: number; payee: Hex; bond: bigint }
  | { kind: "Confirmed"; assertion: Hex };

/** @returns the event, or null for a log of something else, balances included. */
export function parseClaimsLog(log: { topics: readonly string[]; data: string }): ClaimsEvent | null {
  const read = readLog(CLAIMS_ABI, log);
  if (read === null) return null;
  const { args: a } = read;
  switch (read.name) {
    case "AssertionAdded":
      return { kind: "AssertionAdded", staker: a.staker, assertion: toAssertionInfo(a) };
    case "ClaimMade":
      return {
        kind: "ClaimMade",
        assertion: a.assertion,
        index: Number(a.index),
        claimant: a.claimant,
        parent: Number(a.parent),
        position: Number(a.position),
        value: a.value,
        used: Number(a.used),
      };
    case "StepPlayed":
      return { kind: "StepPlayed", assertion: a.assertion, index: Number(a.index), stepper: a.stepper };
    case "ClaimResolved": {
      const { assertion, index, payee, bond } = a;
      return { kind: "ClaimResolved", assertion, index: Number(index), payee, bond };
    }
    case "Confirmed":
      return { kind: "Confirmed", assertion: a.assertion };
    default:
      return null;
  }
}
