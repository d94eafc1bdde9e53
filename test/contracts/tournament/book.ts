import { expect } from "chai";
import { TournamentPlayer } from "../../../games/tournament";
import { encodeMove } from "../../../games/tournament/moves";
import type { Hex } from "../../../protocol/types";
import { ToyTruth } from "../../../simulator/truths/toy/truth";
import { SETUP, type Play } from "./play";

/** Party 0 as the honest player, over the logs, against the moves that the model finds for it. */
export class Book {
  private readonly player: TournamentPlayer;

  constructor(private readonly play: Play) {
    const { table } = play;
    const [account] = table.addresses;
    const options = { account, from: table.genesis };
    this.player = new TournamentPlayer(table.parameters, new ToyTruth(SETUP.rules, SETUP.heights), options);
  }

  /** The player's calls are the model's, to the byte. @returns how many there were. */
  async compare(): Promise<number> {
    const { play } = this;
    await play.learn();
    const { moves, missing } = this.player.decide(await play.table.follow());
    const mine = new Set(moves.map(encodeMove));
    expect(missing).to.deep.equal([]);
    expect([...mine].sort(), `seed ${play.seed}, ${play.model.now} s`).to.deep.equal([...this.ofModel()].sort());
    return mine.size;
  }

  /** What there is to do for a party whose commitment is not out; the lie that won is confirmed by others. */
  private ofModel(): Set<Hex> {
    const { model, parties, table } = this.play;
    const [root] = model.tournaments;
    const own = root.entries.find((entry) => model.entries[entry].patch.salt === 0);
    if (own !== undefined && !model.entries[own].alive) return new Set();
    if (root.settled && root.dangling !== own) return new Set();
    const moves = model.moves(0, parties[0]).filter(({ kind }) => kind !== "settle" || root.dangling === own);
    return new Set(
      moves.map((move) => {
        const { name, args } = this.play.callOf(move);
        return table.queue.interface.encodeFunctionData(name, args) as Hex;
      }),
    );
  }
}
