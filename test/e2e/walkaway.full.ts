import type { DevnetOptions } from "../../devnet/devnet";
import { Walkaway } from "./support/walkaway";

/** Every data mode and every order of turns but those of test/e2e/walkaway.test.ts. */
const MODES: readonly Pick<DevnetOptions, "data" | "sequencing">[] = [
  { data: "blobs", sequencing: "single" },
  { data: "altda", sequencing: "single" },
  { data: "calldata", sequencing: "rotation" },
  { data: "blobs", sequencing: "rotation" },
  { data: "altda", sequencing: "rotation" },
];

describe("e2e: walkaway per data mode and order of turns", function () {
  this.timeout(400_000);

  for (const mode of MODES) {
    describe(`${mode.data}, ${mode.sequencing}`, () => {
      const walkaway = new Walkaway({ ...mode, ...(mode.data === "blobs" ? { l1: "anvil" } : {}) });
      before(() => walkaway.start());
      after(() => walkaway.stop());

      it("exit with every actor deleted and the stake borrowed: a user is paid while a liar fights it", () =>
        walkaway.play());
    });
  }
});
