import type { ErrorCode } from "../../../protocol/errorCodes";
import type { Hex } from "../../../protocol/types";
import type { BuildRequest, BuiltBlock, Engine, TraceBlock } from "../types";
import type { InboxSlice } from "./inboxSlice";

/** Operations of the engine that a thread may run. */
export type Operation =
  "call" | "simulate" | "estimateGas" | "createAccessList" | "traceCall" | "traceTransaction" | "traceBlock";

/** A traced block as it goes to a thread. */
export type SentBlock = Omit<TraceBlock, "inbox"> & { inbox?: InboxSlice };

type Sent<Arguments extends unknown[]> = {
  [I in keyof Arguments]: Arguments[I] extends TraceBlock ? SentBlock : Arguments[I];
};

/** Runs of the program one after the other, from an output root on. */
export interface AdvanceJob {
  outputRoot: Hex;
  inbox: InboxSlice;
  /** What the runs may read beside the store, by hash; nothing that they make is kept. */
  preimages: readonly (readonly [hash: Uint8Array, data: Uint8Array])[];
  /** Transactions whose senders are known: recovering them would be most of the work. */
  senders: readonly { raw: Uint8Array; from: Hex }[];
  /** Runs at most. */
  runs: number;
}

/** Output roots in order, up to the first idle run. */
export type AdvanceResult = Hex[];

/** A block that a sequencer builds. */
export interface BuildJob {
  request: Omit<BuildRequest, "inbox"> & { inbox: InboxSlice };
  /** Who signed each candidate; empty where it is not known. */
  senders: readonly Hex[];
}

/** The block, and what it added to the store: hash (32 bytes), length (u32, little-endian) and bytes of each. */
export interface BuildResult {
  built: BuiltBlock;
  nodes: Uint8Array;
}

/** What a thread is asked. */
export type Job =
  | { [O in Operation]: { operation: O; values: Sent<Parameters<Engine[O]>> } }[Operation]
  | ({ operation: "advance" } & AdvanceJob)
  | ({ operation: "build" } & BuildJob);

/** Where the thread finds the nodes, and what the engine is opened with. */
export interface ThreadData {
  /** Folder of a database that this process has open. */
  databasePath: string;
}

export type ThreadReply =
  | { kind: "ready" }
  | { kind: "result"; result: unknown }
  | { kind: "error"; message: string; code?: ErrorCode; retry?: boolean };
