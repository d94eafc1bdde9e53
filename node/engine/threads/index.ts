export { sliceInbox, viewOfSlice, type InboxSlice } from "./inboxSlice";
export type { AdvanceJob, AdvanceResult } from "./jobs";
export { remoteEngine, type CallEngine } from "./remoteEngine";
export { EngineThreads } from "./threads";
