import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { DevnetInfo } from "../../devnet/devnet";
import { L1Rpc } from "../../node/l1/rpc";
import { SolventError } from "../../protocol/errors";

/** Where a devnet with its own ports is found. */
const DEFAULT_URL = "http://127.0.0.1:8545";

/** Which devnet a command means. */
export interface Target {
  /** Its data folder, with `devnet.json`. */
  datadir?: string;
  /** JSON-RPC of its L1, or of one of its nodes. */
  url?: string;
}

/** Asks a devnet that runs. L1's gateway is asked: it answers while actors are stopped. */
export class DevnetClient {
  private readonly rpc: L1Rpc;
  readonly url: string;

  /** @throws SolventError `config-unreadable` where the folder has no devnet. */
  constructor({ datadir, url }: Target) {
    this.url = url ?? (datadir === undefined ? DEFAULT_URL : urlIn(datadir));
    this.rpc = new L1Rpc(this.url, { retries: 0, timeoutMs: 300_000 });
  }

  /** @throws SolventError `config-invalid` with what the devnet answers, or `l1-unavailable` where none runs there. */
  async ask<T>(method: string, ...params: unknown[]): Promise<T> {
    const { result, error } = await this.rpc.exchange(method, params).catch((cause: unknown) => {
      throw new SolventError(
        "l1-unavailable",
        `no devnet answers at ${this.url}: start one, or name it by --url or --datadir`,
        {
          cause,
        },
      );
    });
    if (error === undefined) return result as T;
    throw new SolventError("config-invalid", error.message);
  }

  info(): Promise<DevnetInfo> {
    return this.ask("solvent_info");
  }

  close(): Promise<void> {
    return this.rpc.close();
  }
}

function urlIn(datadir: string): string {
  const file = join(resolve(datadir), "devnet.json");
  if (!existsSync(file))
    throw new SolventError("config-unreadable", `${file} is not there: no devnet has run in this folder`);
  return (JSON.parse(readFileSync(file, "utf8")) as DevnetInfo).l1.url;
}
