/** An L1 as its server sees it. */
export interface L1Backend {
  /** @throws an error with the `code` and `data` that the client gets. */
  request(method: string, params: unknown[]): Promise<unknown>;
  /** Notifications of subscriptions: `data` is what the client gets as `params`. */
  on?(event: "message", listener: (message: { type: string; data: unknown }) => void): void;
}
