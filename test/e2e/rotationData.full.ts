import { expect } from "chai";
import { devAccount } from "../../devnet/accounts";
import type { DevnetOptions } from "../../devnet/devnet";
import { FIRST, Members, MEMBERS, SECOND, THIRD } from "./support/members";
import { until } from "./support/system";

const MODES: readonly Pick<DevnetOptions, "data" | "l1">[] = [
  { data: "altda", l1: "hardhat" },
  { data: "blobs", l1: "anvil" },
];

describe("e2e: three sequencers in turns over other data", function () {
  this.timeout(900_000);

  for (const { data, l1 } of MODES)
    describe(data, () => {
      const members = new Members({ data, l1 });
      before(() => members.start());
      after(() => members.stop());

      it("takes transactions through each of them, in batches of all, and forks nowhere", async () => {
        const { verifiers } = members;
        await Promise.all([members.lands(FIRST, 0, 1n), members.lands(SECOND, 1, 1n), members.lands(THIRD, 2, 1n)]);
        await until(
          "batches of more than one round",
          () => verifiers[0].core.view.batchCount > 6,
          4 * members.roundSeconds,
        );
        const seen = await members.posters(0);
        for (const member of MEMBERS) expect(seen).to.include(devAccount(member).address.toLowerCase());
        members.expectOneChain();
      });

      it("goes on when one is killed", async () => {
        const { sequencers, verifiers } = members;
        await sequencers[FIRST].stop();
        delete sequencers[FIRST];
        const count = verifiers[0].core.view.batchCount;
        await Promise.all([members.lands(SECOND, 1, 2n), members.lands(THIRD, 2, 2n)]);
        await until("batches go on", () => verifiers[0].core.view.batchCount > count + 2, 4 * members.roundSeconds);
        members.expectOneChain();
      });
    });
});
