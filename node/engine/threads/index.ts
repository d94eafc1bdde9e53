export { sliceInbox, sliceOfRun, viewOfSlice, type InboxSlice } from "./inboxSlice";
export type { AdvanceJob, AdvanceResult, BuildResult, ThreadData } from "./jobs";
export { remoteEngine, type CallEngine } from "./remoteEngine";
export { serveThread } from "./serve";
export { StoreThreads } from "./storeThreads";
export { EngineThreads } from "./threads";
