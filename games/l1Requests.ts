/**
 * JSON-RPC requests to L1, as a node's client or a browser's provider sends them.
 * @throws SolventError `l1-*` where L1 does not answer or refuses.
 */
export interface L1Requests {
  send<Result>(method: string, params: readonly unknown[]): Promise<Result>;
  /** Asks another node from now on, where there is one: answers of this one do not fit each other. */
  elsewhere?(): void;
}
