export { sliceInbox, viewOfSlice, type InboxSlice } from "./inboxSlice";
export type { AdvanceJob, AdvanceResult, BuildJob, BuildResult } from "./jobs";
export { remoteEngine, type CallEngine } from "./remoteEngine";
export { EngineThreads } from "./threads";
