import { expect } from "chai";
import type { ClaimsMove } from "../../../games/claims";
import { TreePlay } from "../../../games/claims/tree";
import type { Plan } from "../../../games/game";
import type { Parent } from "../../../games/truth";
import type { Hex } from "../../../protocol/types";
import { toHex, word, ZERO_HASH } from "../../../protocol";
import { ClaimsGame } from "../../../simulator/lab/games/claims/model";
import { lieAt, truthAt } from "../../../simulator/lab/games/history";
import type { Move } from "../../../simulator/lab/games/game";
import { Refused } from "../../../simulator/refused";
import { Random } from "../../../simulator/random";
import { toyOutput, toyOutputRoot } from "../../../simulator/truths/toy/machine";
import { ToyTruth } from "../../../simulator/truths/toy/truth";
import { BOTTOM, Labels, SETUP, SPLIT, wildMoves, wordsOf } from "./labels";
import { DEFAULT_CLOCK } from "./table";

const GAMES = Number(process.env.GAMES ?? 20);
const ACTIONS = 70;
const HEIGHTS = [SPLIT, BOTTOM - SPLIT - 1];
const ACCOUNTS = [1, 2, 3, 4].map((account) => `0x${account.toString().padStart(40, "0")}` as Hex);
const INBOX = { batchCount: 5, lastBatch: ZERO_HASH, delayedCount: 0, lastDelayed: ZERO_HASH };
const PARENT: Parent = { id: toHex(word(1)), outputRoot: toyOutputRoot(toyOutput(0)), inbox: INBOX };

describe("The honest player of claims", () => {
  it(`gives the answers of the model's book in ${GAMES} random games with three liars, after every move`, () => {
    const truth = new ToyTruth(SETUP.rules, SETUP.heights);
    let answers = 0;
    for (let seed = 1; seed <= GAMES; seed++) {
      const random = new Random(seed);
      const { maxClockSeconds, clockExtensionSeconds: extensionSeconds, stepSeconds: preimageSeconds } = DEFAULT_CLOCK;
      const money = { bondEther: 1, bondGrowth: 1.1, airGapSeconds: 0 };
      const proposer = seed % 2 === 0 ? ("honest" as const) : ("adversary" as const);
      const clock = { maxClockSeconds, extensionSeconds, preimageSeconds };
      const model = new ClaimsGame({ heights: HEIGHTS, ...money, ...clock, proposer });
      const labels = new Labels(PARENT, model);
      const parties = [truthAt(HEIGHTS), ...[1, 2, 3].map((salt) => lieAt(HEIGHTS, salt, random))];
      const creator = proposer === "honest" ? 0 : 1;
      model.play(model.answers(creator, parties[creator])[0], creator);
      for (let action = 0; action < ACTIONS; action++) {
        model.advance(model.now + 1 + (random.below(4) === 0 ? random.below(12) : 0));
        const by = random.below(parties.length);
        const known = [...model.answers(by, parties[by]), ...model.moves(by, parties[by])];
        const moves = (random.below(3) === 0 ? wildMoves(model, random, parties[by]) : known).filter(isOfTree);
        if (moves.length === 0) continue;
        const move = random.pick(moves);
        try {
          model.play(move, by);
          labels.note(move);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
        }
        const book = model.answers(0, parties[0]).map(wordsOfBook(labels));
        const mine = answersOf(labels, truth, model.now);
        expect([...mine].sort(), `seed ${seed}, action ${action}`).to.deep.equal([...new Set(book)].sort());
        answers += mine.size;
      }
    }
    expect(answers).to.be.above(GAMES);
  });
});

const isOfTree = ({ kind }: Move): boolean => !["create", "resolve", "claimCredit"].includes(kind);

function wordsOfBook(labels: Labels): (move: Move) => string {
  return (move) =>
    move.kind === "step" ? `step ${move.on[0]}` : `${move.kind} ${move.on[0]} ${labels.answer(move).value}`;
}

function answersOf(labels: Labels, truth: ToyTruth, nowSeconds: number): Set<string> {
  const stakes = new Map<ClaimsMove, bigint>();
  const plan: Plan<ClaimsMove> = {
    moves: [],
    staked: [],
    stake: 0n,
    stakes,
    missing: [],
    tip: PARENT,
    contradicted: [],
  };
  const depths = Array.from({ length: BOTTOM + 1 }, () => 1n);
  const parameters = { heights: SETUP.heights, bonds: depths, maxClockSeconds: DEFAULT_CLOCK.maxClockSeconds };
  const own = { parent: PARENT, history: truth.runs(PARENT) };
  new TreePlay(parameters, truth, labels.tree(ACCOUNTS, 0), own, nowSeconds).play(plan);
  return new Set([...plan.moves, ...plan.staked.flatMap(({ moves }) => moves)].map(wordsOf));
}
