import { createHash } from "node:crypto";
import { L1Rpc } from "../../node/l1/rpc";
import { SolventError } from "../../protocol/errors";

/** The platform's own binary, never npm's shim, which would leave it behind when killed. */
export function anvilBinary(): string {
  const name = `@foundry-rs/anvil-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  try {
    return require.resolve(`${name}/bin/anvil${process.platform === "win32" ? ".exe" : ""}`);
  } catch (cause) {
    throw new SolventError("anvil-missing", `${name} is not installed: npm install @foundry-rs/anvil`, { cause });
  }
}

/** @throws SolventError `l1-unavailable` where nothing answers for five seconds. */
export async function untilAnswers(url: string): Promise<void> {
  const rpc = new L1Rpc(url, { retries: 0, timeoutMs: 500 });
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        await rpc.send("eth_chainId", []);
        return;
      } catch (error) {
        if (attempt >= 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  } finally {
    await rpc.close();
  }
}

/** A proof, or a commitment, that is the point at infinity: both of the polynomial that is 0 everywhere. */
const INFINITY = `c0${"00".repeat(47)}`;
const POINT_EVALUATION = `0x${"0a".padStart(40, "0")}`;
const SETUP_MS = 120_000;

/**
 * Has anvil load its trusted setup, which takes it seconds: it would do so at the first blob that somebody sends, and answer nobody meanwhile.
 * @throws SolventError `l1-*`.
 */
export async function loadTrustedSetup(url: string): Promise<void> {
  const hash = createHash("sha256").update(Buffer.from(INFINITY, "hex")).digest("hex").slice(2);
  const data = `0x01${hash}${"00".repeat(64)}${INFINITY}${INFINITY}`;
  const rpc = new L1Rpc(url, { retries: 0, timeoutMs: SETUP_MS });
  await rpc.send("eth_call", [{ to: POINT_EVALUATION, data }, "latest"]).finally(() => rpc.close());
}
