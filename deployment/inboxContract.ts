import type { Hex } from "../protocol/types";
import type { DeploymentConfig } from "./config";
import { foundersOf, type Sequencing } from "./sequencing";

/** The inbox of a configuration: the contract that joins its data mode and its turns. */
export interface InboxContract {
  /** As `readArtifact` takes it. */
  source: string;
  args: unknown[];
  /** Wei for its constructor. */
  value: bigint;
}

type Modes = { data: Pick<DeploymentConfig["data"], "mode">; sequencing: Pick<Sequencing, "type"> };

/** Every inbox there is, by turns and data mode. */
const SOURCES = {
  single: { calldata: "inbox/Inbox", blobs: "inbox/BlobInbox", altda: "inbox/AltdaInbox" },
  rotation: {
    calldata: "inbox/RotatingInbox",
    blobs: "inbox/RotatingBlobInbox",
    altda: "inbox/RotatingAltdaInbox",
  },
} as const;

/** The artifact of the inbox that joins these. */
export function inboxSource({ data, sequencing }: Modes): string {
  return SOURCES[sequencing.type][data.mode];
}

/** @param portal - the address that the portal will have. */
export function inboxContract(config: DeploymentConfig, portal: Hex): InboxContract {
  const { sequencer, sequencing, data, blockGasLimit, forceDelay } = config;
  const shared = [portal, blockGasLimit, forceDelay];
  const windows = data.mode === "altda" ? [data.challengeWindow, data.resolveWindow, data.challengeBond] : [];
  const source = inboxSource(config);
  if (sequencing.type === "single") return { source, args: [sequencer, ...shared, ...windows], value: 0n };
  const { stake, slotSeconds, termSlots, graceSlots, openSlots, leaveDelay, order } = sequencing;
  const founders = foundersOf(sequencer, sequencing);
  const parameters = {
    stake,
    slotSeconds,
    termSlots,
    graceSlots,
    openSlots,
    leaveDelay,
    isDrawn: order === "beaconRoot",
  };
  const value = stake * BigInt(founders.length);
  return { source, args: [parameters, founders, ...shared, ...windows], value };
}
