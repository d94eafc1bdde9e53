import { takeSnapshot, time, type SnapshotRestorer } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ClaimsPlayer, type ClaimsMove } from "../../../games/claims";
import type { Hex } from "../../../protocol/types";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import { LyingTruth } from "../../../simulator/truths/lyingTruth";
import { ToyTruth } from "../../../simulator/truths/toy/truth";
import { LIE } from "./dispute";
import { SETUP } from "./labels";
import { ClaimsTable, DEFAULT_CLOCK } from "./table";

describe("The game of claims: what is settled", function () {
  this.timeout(300_000);
  before(compileOnce);

  it("is settled again where a reorg takes back what settled it, though the own assertion stays confirmed", async () => {
    const table = await ClaimsTable.lay(SETUP);
    const { parameters, addresses, genesis: from } = table;
    const truth = new ToyTruth(SETUP.rules, SETUP.heights);
    const truths = [truth, new LyingTruth(truth, LIE)];
    const [honest, liar] = truths.map((own, i) => {
      const isUnmade = (): boolean =>
        table.replica.childrenOf(from.id).every(({ claims }) => claims[0].claimant !== addresses[i]);
      const propose = (parent: typeof from): boolean => parent.id === from.id && isUnmade();
      return new ClaimsPlayer(parameters, own, { account: addresses[i], from, propose });
    });
    // The own assertion is confirmed as soon as it can be, and the liar's tree is left for last: what it takes comes before it in a plan.
    const inTurn = (moves: readonly ClaimsMove[]): ClaimsMove[] => [
      ...moves.filter(({ kind }) => kind === "confirm"),
      ...moves.filter((move) => move.kind === "resolveClaim" && isOwn(move.assertion)),
      ...moves,
    ];
    const isOwn = (assertion: Hex): boolean => table.replica.trees.get(assertion)!.claims[0].claimant === addresses[0];
    let last: { move: ClaimsMove; before: SnapshotRestorer } | null = null;
    for (let idle = 0; idle < 3;) {
      idle++;
      for (const [by, player] of [honest, liar].entries()) {
        const { moves } = player.decide(await table.follow());
        if (moves.length === 0) continue;
        idle = 0;
        for (const move of inTurn(moves)) {
          const before = await takeSnapshot();
          if (typeof (await table.play(by, move)) === "string") continue;
          if (by === 0) last = { move, before };
          break;
        }
      }
      if (idle > 0) await time.increase(DEFAULT_CLOCK.maxClockSeconds);
    }
    const own = (await table.follow()).childrenOf(from.id).find(({ claims }) => claims[0].claimant === addresses[0])!;
    expect(own.isConfirmed).to.equal(true);
    expect(last!.move.kind).to.equal("resolveClaim");

    await last!.before.restore();
    table.rewind();
    expect((await table.follow()).trees.get(own.assertion.id)!.isConfirmed).to.equal(true);
    expect(honest.decide(await table.follow()).moves).to.deep.include(last!.move);
  });
});
