import { expect } from "chai";
import { join } from "node:path";
import { playRoundTrip, readRoundTrips, skipReason } from "../../conformance/rpc";
import { mountReplayedChain } from "../../conformance/rpc/mount";
import type { RpcServer } from "../../../node/rpc";
import { vectors } from "../../support/vectors";

const folder = vectors("execution-apis");

/** The official round trips over the replayed chain; `npm run conformance -- rpc DIR` runs the same. */
describe("rpc: execution-apis", function () {
  this.timeout(120_000);
  if (folder === null) {
    it.skip("the official suite is absent: see test/README.md");
    return;
  }
  const tests = join(folder, "tests");
  const byMethod = new Map<string, ReturnType<typeof readRoundTrips>>();
  for (const file of readRoundTrips(tests)) {
    const method = file.name.split("/")[0];
    byMethod.set(method, [...(byMethod.get(method) ?? []), file]);
  }
  let server: RpcServer;
  before(async () => (server = await mountReplayedChain(tests)));
  after(() => server.stop());

  for (const [method, files] of byMethod) {
    const reasons = new Set(files.map(skipReason));
    if ([...reasons].every((reason) => reason !== null)) {
      it.skip(`${method}: ${[...reasons].join(", ")}`);
      continue;
    }
    it(`passes ${files.length} of ${method}`, async () => {
      for (const file of files)
        if (skipReason(file) === null) expect(await playRoundTrip(server.url, file), file.name).to.equal(null);
    });
  }
});
