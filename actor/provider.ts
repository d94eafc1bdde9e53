import { JsonRpcProvider } from "ethers";

/**
 * ethers' provider, which may be destroyed while it is asked. ethers rejects what is under way then, and some of that it asks by itself
 * (whether a transaction was replaced, at each block), so nobody awaits it: the process would end with status 1 although its work is done.
 * Here such questions are never answered.
 */
export class QuietProvider extends JsonRpcProvider {
  override send(...question: Parameters<JsonRpcProvider["send"]>): ReturnType<JsonRpcProvider["send"]> {
    return super
      .send(...question)
      .catch((error: unknown) => (this.destroyed ? new Promise(() => {}) : Promise.reject(error)));
  }
}
