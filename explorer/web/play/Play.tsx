import { useEffect, useState } from "preact/hooks";
import { GAMES, type GameName } from "../../../simulator/lab/games/game";
import {
  HandGame,
  SIDES,
  YOU,
  opponentsOf,
  type Choice,
  type HandRecord,
  type HandSetup,
  type PlaySide,
} from "../../../simulator/lab/hand/hand";
import { picture, toySteps } from "../../../simulator/lab/hand/picture";
import { parseRecord } from "../../../simulator/lab/hand/record";
import { TOY_PROGRAM } from "../../../simulator/lab/hand/toy";
import { clock, ending, explain, money, reasonFor, tell } from "../../../simulator/lab/hand/words";
import { SETTLEMENT_ABI } from "../../../games/settlement";
import { openQueue } from "../disputes/follow";
import { useQuery } from "../live";
import { Badge, Facts, Section } from "../parts/parts";
import { navigate, withQuery, type Place } from "../router";

/** Numbers that tell opponents of one kind apart. */
const MOST_SEED = 1_000;

/**
 * A dispute by hand on a paper board, over a program of sixteen steps. Who plays what is in the address; the moves are, too, so that a game
 * can be shared and reloaded at any of them.
 */
export function Play({ place }: { place: Place }) {
  const own = useQuery("own game", ownGame);
  const isSettled = place.query.has("game") || own.data !== undefined || own.error !== null;
  if (!isSettled) return <p class="quiet">loading …</p>;
  return <Hand place={place} setup={setupIn(place.query, own.data ?? GAMES[0])} />;
}

/** By the type that a queue on L1 names (`games/registry.ts`). */
const TYPES: Readonly<Record<string, GameName>> = { 100: "edges", 101: "claims", 102: "tournament" };

/** The game that this rollup's disputes are settled by. @throws Error where the page was started without L1. */
async function ownGame(): Promise<GameName> {
  const { read } = await openQueue();
  return TYPES[String(await read(SETTLEMENT_ABI, "respectedGameType"))] ?? GAMES[0];
}

function Hand({ place, setup }: { place: Place; setup: HandSetup }) {
  const choices = (place.query.get("moves") ?? "").split(",").filter((key) => key !== "");
  const [failure, setFailure] = useState("");
  const hand = replayed(setup, choices);
  const go = (keys: readonly string[]): void =>
    navigate(withQuery({ game: setup.game, moves: keys.length === 0 ? null : keys.join(",") }), true);
  return (
    <>
      <h1>Play a dispute by hand</h1>
      <Setup setup={setup} onImported={setFailure} />
      {failure !== "" && <p class="failure">{failure}</p>}
      {hand === null ? (
        <p class="failure">These moves are none of this game. Begin anew.</p>
      ) : (
        <>
          <Program hand={hand} />
          <div class="columns">
            <Board hand={hand} />
            <Turn key={hand.choices.length} hand={hand} onChosen={(key) => go([...hand.choices, key])} />
          </div>
          <Course hand={hand} onBack={(moves) => go(hand.choices.slice(0, moves))} />
        </>
      )}
    </>
  );
}

/** What the address says; what it leaves out, or says wrongly, is the rollup's own game, or the first of its kind. */
function setupIn(query: URLSearchParams, own: GameName): HandSetup {
  const oneOf = <T extends string>(name: string, all: readonly T[]): T =>
    all.find((one) => one === query.get(name)) ?? all[0];
  const game = GAMES.find((one) => one === query.get("game")) ?? own;
  const side = oneOf<PlaySide>("side", SIDES);
  const opponent = oneOf(
    "against",
    opponentsOf(side, game).map(({ name }) => name),
  );
  const seed = Number(query.get("seed") ?? 1);
  const [, run, step] = /^([0-3])\.([0-3])$/.exec(query.get("lie") ?? "") ?? [];
  return {
    ...{ game, side, opponent, seed: Number.isSafeInteger(seed) && seed >= 0 ? seed : 1 },
    ...(side === "liar" && run !== undefined ? { lie: { run: Number(run), step: Number(step) } } : {}),
  };
}

function replayed(setup: HandSetup, choices: string[]): HandGame | null {
  try {
    return HandGame.replay({ format: "solvent-play", version: 1, setup, choices });
  } catch {
    return null;
  }
}

function Setup({ setup, onImported }: { setup: HandSetup; onImported: (failure: string) => void }) {
  const { game, side, opponent, seed, lie } = setup;
  const change = (key: string, value: string | null): void => {
    onImported("");
    navigate(withQuery({ [key]: value, moves: null, ...(key === "side" ? { against: null } : {}) }), true);
  };
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      const record = parseRecord(await file.text());
      HandGame.replay(record);
      onImported("");
      navigate(withQuery(queryOf(record)), true);
    } catch (error) {
      onImported(`${file.name}: ${(error as Error).message}`);
    }
  };
  return (
    <Section title="Who plays what">
      <div class="actions">
        <Choose name="game" all={GAMES} value={game} onChange={(value) => change("game", value)} />
        <Choose name="you stand for" all={["truth", "liar"]} value={side} onChange={(value) => change("side", value)} />
        <Choose
          name="against"
          all={opponentsOf(side, game).map(({ name }) => name)}
          value={opponent}
          onChange={(value) => change("against", value)}
        />
        {side === "liar" && (
          <Choose
            name="the lie begins at run.step"
            all={["as the seed says", ...Array.from({ length: 16 }, (_, i) => `${i >> 2}.${i & 3}`)]}
            value={lie === undefined ? "as the seed says" : `${lie.run}.${lie.step}`}
            onChange={(value) => change("lie", value.includes(".") ? value : null)}
          />
        )}
        <button type="button" onClick={() => change("seed", String((seed + 1) % MOST_SEED))}>
          Another {side === "truth" ? "opponent" : "lie"}
        </button>
        <button type="button" onClick={() => change("moves", null)}>
          Begin anew
        </button>
      </div>
      <p class="quiet">{opponentsOf(side, game).find(({ name }) => name === opponent)?.about}.</p>
      <p>
        <label for="record">Show a game that was exported: </label>
        <input id="record" type="file" accept=".json" onChange={(event) => void take(event.currentTarget.files?.[0])} />
      </p>
    </Section>
  );
}

function queryOf({ setup, choices }: HandRecord): Record<string, string | null> {
  const { game, side, opponent, seed, lie } = setup;
  return {
    ...{ game, side, against: opponent, seed: String(seed), moves: choices.join(",") },
    lie: lie === undefined ? null : `${lie.run}.${lie.step}`,
  };
}

function Choose({
  name,
  all,
  value,
  onChange,
}: {
  name: string;
  all: readonly string[];
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <label>
      {name}{" "}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {all.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The sixteen steps in full. */
function Program({ hand }: { hand: HandGame }) {
  const steps = toySteps(hand);
  const isLiar = hand.setup.side === "liar";
  return (
    <Section title="The program">
      <p>{TOY_PROGRAM}.</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="the sixteen steps">
        <table class="toy">
          <tbody>
            <tr>
              <th scope="row">run.step</th>
              {steps.map(({ run, step }) => (
                <th key={`${run}.${step}`} scope="col">
                  {run}.{step}
                </th>
              ))}
            </tr>
            <tr>
              <th scope="row">truth after it</th>
              {steps.map(({ run, step, after }) => (
                <td key={`${run}.${step}`}>{after}</td>
              ))}
            </tr>
            {isLiar && (
              <tr>
                <th scope="row">you say</th>
                {steps.map(({ run, step, after, claimed }) => (
                  <td key={`${run}.${step}`}>{claimed === after ? claimed : <code class="changed">{claimed}</code>}</td>
                ))}
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Board({ hand }: { hand: HandGame }) {
  const lines = picture(hand);
  const whose = { mine: "yours", other: "theirs", both: "both" };
  return (
    <Section title={`The board, ${clock(hand.game.now)} after the start`}>
      {lines.length === 0 ? (
        <p class="quiet">Nothing was claimed yet.</p>
      ) : (
        <ul class="board" aria-label="board">
          {lines.map(({ depth, text, side, isOver }, i) => (
            <li key={i} class={`${side} d${Math.min(depth, 9)}`}>
              <Badge kind={side === "mine" ? "good" : side === "other" ? "open" : "plain"}>{whose[side]}</Badge>{" "}
              {isOver ? <s>{text}</s> : text}
            </li>
          ))}
        </ul>
      )}
      <Purses hand={hand} />
    </Section>
  );
}

function Purses({ hand }: { hand: HandGame }) {
  return (
    <Facts
      rows={["you", "they"].map((who, by) => {
        const { locked, lost, won } = hand.game.ledger.account(by);
        return [who, `${money(Math.max(0, locked))} locked, ${money(lost)} lost, ${money(won)} won`] as const;
      })}
    />
  );
}

function Turn({ hand, onChosen }: { hand: HandGame; onChosen: (key: string) => void }) {
  const [hint, setHint] = useState<Choice | null>(null);
  useEffect(() => setHint(null), [hand.choices.length]);
  const choices = hand.legal();
  if (choices.length === 0)
    return (
      <Section title="The end">
        <p class="verdict" role="status">
          {ending(hand)}
        </p>
        <Export hand={hand} />
      </Section>
    );
  return (
    <Section title="Your move">
      <ul class="moves">
        {choices.map((choice) => {
          const { does, follows } = explain(hand, choice);
          return (
            <li key={choice.key}>
              <button type="button" onClick={() => onChosen(choice.key)}>
                {does}
              </button>
              <span class="quiet">{follows.join(" ")}</span>
            </li>
          );
        })}
      </ul>
      <div class="actions">
        <button type="button" onClick={() => setHint(hand.hint())}>
          Hint
        </button>
        <Export hand={hand} />
      </div>
      <p role="status">
        {hint === null ? "" : `The book would: ${explain(hand, hint).does}. ${reasonFor(hand, hint)}`}
      </p>
    </Section>
  );
}

/** The game as a file, made in the browser. */
function Export({ hand }: { hand: HandGame }) {
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([JSON.stringify(hand.record(), null, 2)], { type: "application/json" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: `${hand.setup.game}.play.json` });
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <button type="button" onClick={save}>
      Export
    </button>
  );
}

/** What has happened, each of the person's turns a place to go back to. */
function Course({ hand, onBack }: { hand: HandGame; onBack: (moves: number) => void }) {
  return (
    <Section title="What has happened">
      {hand.events.length === 0 ? (
        <p class="quiet">nothing yet</p>
      ) : (
        <ol class="course">
          {hand.events.map((event, i) => (
            <li key={i} class={event.by === YOU ? "mine" : "other"}>
              <span class="quiet">{clock(event.at)}</span> {tell(hand, event)}
            </li>
          ))}
        </ol>
      )}
      <div class="actions">
        <button type="button" disabled={hand.choices.length === 0} onClick={() => onBack(hand.choices.length - 1)}>
          Take the last choice back
        </button>
      </div>
    </Section>
  );
}
