import { expect } from "chai";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import type { TransactionReceipt } from "ethers";
import { ClaimsPlayer, type ClaimsMove } from "../../../games/claims";
import { edgeId, rootPlace } from "../../../games/edges/place";
import { inboxHash } from "../../../games/names";
import type { Truth } from "../../../games/truth";
import type { Origin } from "../../../games/types";
import type { Hex } from "../../../protocol/types";
import { LyingTruth } from "../../../simulator/truths/lyingTruth";
import { toyOutputRoot } from "../../../simulator/truths/toy/machine";
import { ToyTruth } from "../../../simulator/truths/toy/truth";
import { ClaimsTable, DEFAULT_CLOCK, type ClaimsSetup } from "./table";

export const LIE = { run: 0, machine: 0, step: 0, salt: 1 };

/** Truth (party 0) against one lie (party 1), each by the book. */
export class Dispute {
  private constructor(
    readonly table: ClaimsTable,
    private readonly players: ClaimsPlayer[],
    readonly assertion: Hex,
    readonly asserted: TransactionReceipt,
  ) {}

  /** @param asserter - Whose assertion is disputed. With a bottom of odd depth its opponent makes the last claim. */
  static async start(setup: ClaimsSetup, asserter = 0, lie = LIE): Promise<Dispute> {
    const table = await ClaimsTable.lay(setup);
    const { parameters, genesis: from, addresses } = table;
    const truth = new ToyTruth(setup.rules, setup.heights);
    const truths: Truth[] = [truth, new LyingTruth(truth, lie)];
    const players = truths.map((own, i) => new ClaimsPlayer(parameters, own, { account: addresses[i], from }));
    const origin = originOf(table);
    const { output } = truths[asserter].runs(from)!;
    const asserted = await expectMade(table, asserter, { kind: "assertState", origin, output });
    const assertion = edgeId(rootPlace(0, origin, setup.heights[0]), toyOutputRoot(output));
    return new Dispute(table, players, assertion, asserted);
  }

  /** What a party would do now. */
  async plan(by: number): Promise<ClaimsMove[]> {
    return this.players[by].decide(await this.table.follow()).moves;
  }

  /** The next answer of whoever is to move. */
  async next(): Promise<[by: number, move: ClaimsMove]> {
    for (const by of [0, 1]) {
      const move = (await this.plan(by)).find(isPlayed);
      if (move !== undefined) return [by, move];
    }
    throw new Error("nobody is to move");
  }

  /** Plays up to the first answer or step that `isIt`, which is not played. */
  async until(isIt: (move: ClaimsMove) => boolean): Promise<[by: number, move: ClaimsMove]> {
    for (;;) {
      const [by, move] = await this.next();
      if (isIt(move)) return [by, move];
      await expectMade(this.table, by, move);
    }
  }

  /** Plays everything, where nobody is to move lets the clocks run out, and settles. */
  async finish(): Promise<void> {
    for (let idle = 0; idle < 2;) {
      const replica = await this.table.follow();
      const turns = this.players.map((player, by) => ({ by, move: player.decide(replica).moves.find(isPlayed) }));
      const turn = turns.find(({ move }) => move !== undefined);
      if (turn !== undefined) await expectMade(this.table, turn.by, turn.move!);
      else await time.increase(DEFAULT_CLOCK.maxClockSeconds);
      idle = turn === undefined ? idle + 1 : 0;
    }
  }
}

const isPlayed = ({ kind }: ClaimsMove): boolean => kind !== "assertState";

/** Plays it. @throws AssertionError where it is refused. */
export async function expectMade(table: ClaimsTable, by: number, move: ClaimsMove): Promise<TransactionReceipt> {
  const answer = await table.play(by, move);
  expect(typeof answer === "string" ? answer : "made", move.kind).to.equal("made");
  return answer as TransactionReceipt;
}

/** Of the first assertions. */
export function originOf({ genesis }: ClaimsTable): Origin {
  return { above: genesis.id, start: genesis.outputRoot, inbox: inboxHash(genesis.inbox) };
}
