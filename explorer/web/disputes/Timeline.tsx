import { useEffect, useState } from "preact/hooks";
import type { Replica } from "../../../games/follower";
import { count, duration } from "../format";
import { useQuery } from "../live";
import { Account, Hash, Table } from "../parts/parts";
import { navigate, withQuery } from "../router";
import { costOf } from "./follow";
import type { GameHistory } from "./history";

/** Moves that are shown at once around the present one. */
const AROUND = 4;
const PLAY_MS = 700;

/** The moves of a dispute, forwards and backwards; where it stands is in the address. */
export function Timeline<Event, R extends Replica<Event>>({
  history,
  own,
  move,
  isLive,
  describe,
}: {
  history: GameHistory<Event, R>;
  /** Numbers of the dispute's moves in the history. */
  own: readonly number[];
  /** Of those, the one that is shown, from 1. */
  move: number;
  isLive: boolean;
  /** A move in a sentence. @param replica - The newest state: it knows all that a move names. */
  describe: (event: Event, replica: R) => { who: string | null; what: string };
}) {
  const [isPlaying, setIsPlaying] = useState(false);
  const go = (to: number | null): void => navigate(withQuery({ move: to === null ? null : String(to) }), true);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setTimeout(() => {
      if (move >= own.length) setIsPlaying(false);
      else go(move + 1);
    }, PLAY_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, move, own.length]);
  const first = Math.max(0, Math.min(move - 1 - AROUND, own.length - 2 * AROUND - 1));
  const shown = own.slice(first, first + 2 * AROUND + 1);
  return (
    <>
      <div class="timeline">
        <button type="button" onClick={() => go(1)} disabled={move === 1}>
          First
        </button>
        <button type="button" onClick={() => go(move - 1)} disabled={move === 1}>
          Back
        </button>
        <button type="button" aria-pressed={isPlaying} onClick={() => setIsPlaying(!isPlaying)}>
          {isPlaying ? "Pause" : "Play"}
        </button>
        <button type="button" onClick={() => go(move + 1)} disabled={move === own.length}>
          Forward
        </button>
        <button type="button" onClick={() => go(null)} disabled={isLive}>
          Live
        </button>
        <input
          type="range"
          min={1}
          max={own.length}
          value={move}
          aria-label={`move ${move} of ${own.length}`}
          onInput={(event) => go(Number(event.currentTarget.value))}
        />
        <span>
          move {move} of {own.length}
          {isLive ? ", live" : ""}
        </span>
      </div>
      <Table
        label="moves"
        wraps
        head={["", "move", "who", "does", "L1 time", "gas", "L1 transaction"]}
        rows={shown.map((index, i) => {
          const number = first + i + 1;
          const { event, time, transaction, l1Block } = history.moves[index];
          const { who, what } = describe(event, history.at(history.moves.length));
          const since = time - history.moves[own[0]].time;
          return [
            number === move ? <strong>here</strong> : "",
            <button type="button" onClick={() => go(number)} aria-label={`go to move ${number}`}>
              {number}
            </button>,
            who === null ? "anybody" : <Account value={who} />,
            number === move ? <strong>{what}</strong> : what,
            <>
              <span class="whole">block {count(l1Block)},</span> <span class="whole">after {duration(since)}</span>
            </>,
            <Gas
              transaction={transaction}
              moves={history.moves.filter((other) => other.transaction === transaction).length}
            />,
            <Hash value={transaction} to="tx" />,
          ];
        })}
      />
    </>
  );
}

/** Gas of the whole transaction: several moves may share one. */
function Gas({ transaction, moves }: { transaction: string; moves: number }) {
  const cost = useQuery(`cost ${transaction}`, () => costOf(transaction));
  if (cost.data === undefined) return <>…</>;
  return (
    <>
      {count(cost.data.gasUsed)}
      {moves > 1 ? ` for ${moves} events` : ""}
    </>
  );
}
