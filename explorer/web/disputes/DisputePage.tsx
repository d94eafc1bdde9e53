import type { ComponentChildren } from "preact";
import type { Replica } from "../../../games/follower";
import type { Hex } from "../../../protocol/types";
import { useL1Seconds, type Query } from "../live";
import { Loaded } from "../parts/parts";
import type { Place } from "../router";
import type { Followed } from "./follow";
import type { GameHistory } from "./history";

/** A dispute's page. @param children - Draws it, given the numbers of its moves in the history. */
export function DisputePage<Event, R extends Replica<Event>, Parameters>({
  query,
  place,
  children,
}: {
  query: Query<Followed<Event, R, Parameters>>;
  place: Place;
  children: (followed: Followed<Event, R, Parameters>, dispute: Hex, own: readonly number[]) => ComponentChildren;
}) {
  const dispute = (place.parts[1] ?? "") as Hex;
  return (
    <Loaded query={query}>
      {(followed) => {
        const own = followed.history.movesOf(dispute);
        return own.length === 0 ? (
          <>
            <h1>Dispute</h1>
            <p>L1 knows no assertion at this place, or none yet.</p>
          </>
        ) : (
          children(followed, dispute, own)
        );
      }}
    </Loaded>
  );
}

/** One of a dispute's moves, and the game after it. */
interface Shown<R> {
  /** Of the dispute's own, from 1. */
  move: number;
  isLive: boolean;
  /** Moves of the whole game up to it. */
  count: number;
  replica: R;
  /** L1 seconds: of now, or of that move. */
  at: number;
}

/** Which of its moves a dispute's page shows: `?move=N`, from 1; without it the newest, live. */
export function useShownMove<Event, R extends Replica<Event>>(
  history: GameHistory<Event, R>,
  own: readonly number[],
  place: Place,
): Shown<R> {
  const now = useL1Seconds();
  const asked = Number(place.query.get("move") ?? own.length);
  const move = Number.isInteger(asked) ? Math.min(Math.max(asked, 1), own.length) : own.length;
  const isLive = !place.query.has("move");
  const count = isLive ? history.moves.length : own[move - 1] + 1;
  const replica = history.at(count);
  return { move, isLive, count, replica, at: isLive ? (now ?? replica.nowSeconds) : replica.nowSeconds };
}
