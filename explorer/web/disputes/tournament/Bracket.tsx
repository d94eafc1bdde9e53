import type { TournamentReplica } from "../../../../games/tournament/replica";
import type { TournamentParameters, TournamentState } from "../../../../games/tournament/types";
import { count, duration, plural, units } from "../../format";
import { Account, Badge, Hash, Table } from "../../parts/parts";
import { blockBefore, clockOf, isLostByBoth, matchesOf, tournamentBelow, type MatchRow } from "./history";
import { QUESTIONS, spanName } from "./words";

interface Seen {
  replica: TournamentReplica;
  rules: TournamentParameters;
  /** L1 seconds of the moment that is shown. */
  now: number;
}

/** A tournament: who is in it with which clock, its matches, and below each the tournament that decides it. */
export function Bracket({ tournament, ...seen }: Seen & { tournament: TournamentState }) {
  const { replica, rules, now } = seen;
  const { id, level, start, allowance, commitments, isSettled } = tournament;
  const open = start + allowance - now;
  const state = isSettled ? "settled" : open > 0 ? `open to joins for ${duration(open)}` : "closed to joins";
  return (
    <div class={`bracket l${level}`}>
      <h3>
        {QUESTIONS[level]}{" "}
        <span class="quiet">
          {plural(commitments.size, "side")}, {state}, bond {units(rules.bonds[level])} ether
          {level === 0 && `; run 0 makes L2 block ${count(blockBefore(replica, id, rules.heights) + 1)}`}
        </span>
      </h3>
      <Table
        label={`sides of level ${level}`}
        wraps
        head={["who", "standing", "clock", "history"]}
        rows={[...commitments.values()].map((one) => [
          <Account value={one.claimer} />,
          one.standing === "out" ? (
            <Badge kind="bad">out</Badge>
          ) : isSettled ? (
            <Badge kind="good">won</Badge>
          ) : (
            <Badge kind={one.standing === "playing" ? "open" : "plain"}>{one.standing}</Badge>
          ),
          one.standing === "out" ? "" : <Clock left={clockOf(replica, one, id, now)} whole={rules.allowanceSeconds} />,
          <Hash value={one.root} />,
        ])}
      />
      {matchesOf(replica, tournament, rules.heights).map((row) => (
        <Match key={row.match.id} row={row} tournament={tournament} {...seen} />
      ))}
    </div>
  );
}

function Clock({ left, whole }: { left: number; whole: number }) {
  return (
    <label>
      <meter min={0} max={whole} value={Math.min(left, whole)} aria-label="time left" /> {duration(left)}
    </label>
  );
}

const ENDS = {
  step: "won by the step that L1 executed",
  time: "won because a clock was over",
  inner: "won by the tournament below",
} as const;
/** Where it left neither side. */
const LOST = "lost by both: no clock was left";

function Match({ row, tournament, ...seen }: Seen & { row: MatchRow; tournament: TournamentState }) {
  const { match, first, last, whole, turn } = row;
  const [one, two] = [match.one, match.two].map((root) => tournament.commitments.get(root)!);
  const below = tournamentBelow(seen.replica, match);
  const [x, width] = [(100 * first) / whole, (100 * (last - first + 1)) / whole];
  return (
    <>
      <ol class="narrow">
        <li class={match.phase === "over" ? undefined : "fresh"}>
          <span>
            <Account value={one.claimer} /> against <Account value={two.claimer} />
          </span>
          <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
            <rect class="whole" x="0" y="5" width="100" height="4" />
            <rect class="kept" x={Math.min(x, 99.4)} y="0" width={Math.max(width, 0.6)} height="14" />
          </svg>
          <span>
            {spanName(row)}:{" "}
            {match.end !== null
              ? isLostByBoth(match, tournament)
                ? LOST
                : ENDS[match.end]
              : turn !== null
                ? "waits for an answer"
                : match.phase === "leaf"
                  ? "sealed, L1 waits for the step"
                  : "sealed, decided below"}
            {turn !== null && (
              <>
                {" "}
                of <Account value={turn.claimer} />
              </>
            )}
          </span>
        </li>
      </ol>
      {below !== null && <Bracket tournament={below} {...seen} />}
    </>
  );
}
