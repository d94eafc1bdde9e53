import { SolventError } from "../../../protocol/errors";
import { GAMES } from "../games/game";
import { SIDES, type HandRecord } from "./hand";

/** Bytes of a record, at most. */
const MOST_BYTES = 1_000_000;

/** Reads a game that was exported. @throws SolventError `config-invalid` for anything that is none; who replays it checks every choice. */
export function parseRecord(text: string): HandRecord {
  const refuse = (why: string): never => {
    throw new SolventError("config-invalid", `this is no game that was played by hand: ${why}`);
  };
  if (text.length > MOST_BYTES) refuse("it is too long");
  let data: Partial<HandRecord>;
  try {
    data = JSON.parse(text) as Partial<HandRecord>;
  } catch {
    return refuse("it is not JSON");
  }
  if (data?.format !== "solvent-play" || data.version !== 1) refuse("format or version");
  const { setup, choices } = data;
  if (!Array.isArray(choices) || !choices.every((key) => typeof key === "string")) refuse("choices");
  if (setup === undefined || !GAMES.includes(setup.game)) refuse("the game");
  else if (!SIDES.includes(setup.side) || typeof setup.opponent !== "string") refuse("the sides");
  else if (!Number.isSafeInteger(setup.seed)) refuse("the seed");
  else if (setup.lie !== undefined && !(Number.isInteger(setup.lie?.run) && Number.isInteger(setup.lie?.step)))
    refuse("the lie");
  return data as HandRecord;
}
