import type { Hex } from "../protocol/types";
import type { DeploymentConfig } from "./config";
import { foundersOf } from "./sequencing";

/** The inbox of a configuration: the contract that joins its data mode and its turns. */
export interface InboxContract {
  /** As `readArtifact` takes it. */
  source: string;
  args: unknown[];
  /** Wei for its constructor. */
  value: bigint;
}

/** @param portal - the address that the portal will have. */
export function inboxContract(config: DeploymentConfig, portal: Hex): InboxContract {
  const { sequencer, sequencing, data, blockGasLimit, forceDelay } = config;
  const order = [portal, blockGasLimit, forceDelay];
  if (data.mode === "altda") {
    const { challengeWindow, resolveWindow, challengeBond } = data;
    const args = [sequencer, ...order, challengeWindow, resolveWindow, challengeBond];
    return { source: "inbox/AltdaInbox", args, value: 0n };
  }
  if (sequencing.type === "single") {
    const source = data.mode === "blobs" ? "inbox/BlobInbox" : "inbox/Inbox";
    return { source, args: [sequencer, ...order], value: 0n };
  }
  const { stake, slotSeconds, termSlots, graceSlots, openSlots, leaveDelay } = sequencing;
  const founders = foundersOf(sequencer, sequencing);
  const parameters = { stake, slotSeconds, termSlots, graceSlots, openSlots, leaveDelay };
  const value = stake * BigInt(founders.length);
  return { source: "inbox/RotatingInbox", args: [parameters, founders, ...order], value };
}
