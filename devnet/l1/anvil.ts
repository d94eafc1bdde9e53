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
