export * from "./edges";
export * from "./history/history";
export { LazyTree } from "./history/lazyTree";
export { OutputTree } from "./history/outputTree";
export type { L1Requests } from "./l1Requests";
