import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

export interface Posted {
  status: number;
  text: string;
}

const HTTP = { request: httpRequest, agent: new HttpAgent({ keepAlive: true }) };
const HTTPS = { request: httpsRequest, agent: new HttpsAgent({ keepAlive: true }) };

/**
 * Posts JSON over a connection that is kept: a node asks L1 several times a second, and `fetch` takes twice the processor for it.
 * A connection that the other side had closed meanwhile is no failure: it is asked again over another.
 * @param timeoutMs - until the whole answer is there.
 * @throws Error where there is no answer.
 */
export async function postJson(url: string, body: string, timeoutMs: number): Promise<Posted> {
  for (;;)
    try {
      return await postOnce(new URL(url), body, timeoutMs);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
    }
}

class StaleConnection extends Error {}

function postOnce(url: URL, body: string, timeoutMs: number): Promise<Posted> {
  const { request, agent } = url.protocol === "https:" ? HTTPS : HTTP;
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", agent, headers });
    const timer = setTimeout(() => asked.destroy(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
    const fail = (error: NodeJS.ErrnoException): void => {
      clearTimeout(timer);
      const isStale = asked.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      reject(isStale ? new StaleConnection() : error);
    };
    asked.on("error", fail);
    asked.on("response", (answer: IncomingMessage) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", fail);
      answer.on("end", () => {
        clearTimeout(timer);
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
    });
    asked.end(body);
  });
}
