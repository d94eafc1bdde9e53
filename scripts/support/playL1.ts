import { Wallet, type Signer } from "ethers";
import { QuietProvider } from "../../actor/provider";
import { parseDeploymentConfig, readArtifact } from "../../deployment";
import { devAccount } from "../../devnet/accounts";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import { MANNERS, toySeat } from "../../simulator/boards/l1/seat";
import { L1Table, type Robot } from "../../simulator/boards/l1/table";
import { playOnL1, printToy, type L1Record, type L1Setup } from "../../simulator/boards/l1/terminal";
import { deployToy, openToy, type ToySystem } from "../../simulator/boards/l1/toy";
import type { GameName } from "../../simulator/lab/games/game";
import { RUN_STEPS, RUNS, type ToyLie } from "../../simulator/lab/hand/toy";
import { Random } from "../../simulator/random";
import type { Lie } from "../../simulator/truths/lyingTruth";
import { DevnetClient, type Target } from "./ask";
import { ensureBuilt } from "./ensureBuilt";
import { realSeat } from "./realSeat";

/** What the command line says of a game on L1. */
export interface L1Options extends Target {
  game: GameName;
  side: "truth" | "liar";
  program: "toy" | "real";
  /** `honest`, a manner of a liar (`MANNERS`), a fault of the devnet, or `person`. */
  against?: string;
  seed: number;
  lie?: ToyLie;
  /** A toy queue that another person has deployed. */
  queue?: Hex;
  /** Private key of the person; an account of the devnet where absent. */
  key?: Hex;
}

type Print = (line: string) => void;

/** Accounts of the devnet's users: the person's by side, so that two can sit at one table, and the one that plays by itself. */
const SEATS = { truth: 0, liar: 1 } as const;
const ROBOT = 2;
/** A person needs some seconds an answer. */
const LEAST_ANSWER_SECONDS = 5;

/** Plays on the L1 of a devnet that runs, with real transactions. @throws SolventError `config-invalid`, `l1-unavailable`. */
export async function playOnDevnet(options: L1Options, lines: AsyncIterable<string>, print: Print): Promise<L1Record> {
  const client = new DevnetClient(options);
  const provider = new QuietProvider(client.url, undefined, {
    batchMaxCount: 1,
    cacheTimeout: -1,
    pollingInterval: 50,
  });
  try {
    const signer = new Wallet(options.key ?? devAccount(SEATS[options.side]).privateKey, provider);
    if (options.program === "toy") return await playToy(options, signer, lines, print);
    return await playReal(options, client, signer, lines, print);
  } finally {
    provider.destroy();
    await client.close();
  }
}

async function playToy(
  options: L1Options,
  signer: Wallet,
  lines: AsyncIterable<string>,
  print: Print,
): Promise<L1Record> {
  const { game, side, seed, queue } = options;
  const against = options.against ?? (side === "liar" ? "honest" : "prompt");
  const random = new Random(seed);
  const known = side === "liar" ? ["honest", "person"] : [...Object.keys(MANNERS), "person"];
  if (!known.includes(against))
    throw new SolventError("config-invalid", `on L1, a ${side} plays against ${known.join(", ")}, not "${against}"`);
  const toyLie = options.lie ?? { run: random.below(RUNS), step: random.below(RUN_STEPS) };
  const lie = lieOf(toyLie);
  if (queue === undefined) await ensureBuilt((text) => console.error(text), true);
  const readToy = (name: string): ReturnType<typeof readArtifact> => readArtifact(`test/${name}`);
  const system = queue === undefined ? await deployToy(game, signer, readToy) : await openToy(queue, signer);
  const seat = await toySeat(system, signer, side === "liar" ? lie : undefined);
  const robots =
    against === "person" ? [] : [await robotOf(system, signer, side === "truth" ? lie : undefined, against)];
  print(`You play ${game} on L1 as the ${side === "truth" ? "honest side" : "liar"}, against: ${against}.`);
  printToy(side === "liar" ? toyLie : undefined, print);
  if (against === "person")
    print(
      `The other sits down with: solvent play --devnet --game ${game} --side ${other(side)} --against person --queue ${system.queue}`,
    );
  const table = new L1Table(seat, signer, side, robots, random);
  return playOnL1(table, { game, side, program: "toy", against, queue: system.queue }, lines, print);
}

async function robotOf(system: ToySystem, { provider }: Signer, lie: Lie | undefined, against: string): Promise<Robot> {
  const signer = new Wallet(devAccount(ROBOT).privateKey, provider);
  return { seat: await toySeat(system, signer, lie), signer, manner: lie === undefined ? "prompt" : against };
}

async function playReal(
  options: L1Options,
  client: DevnetClient,
  signer: Wallet,
  lines: AsyncIterable<string>,
  print: Print,
): Promise<L1Record> {
  const { side, seed } = options;
  const info = await client.info();
  const { game } = parseDeploymentConfig(info.deployment.parameters);
  if (game.type !== options.game)
    throw new SolventError(
      "config-invalid",
      `this devnet settles by ${game.type}: name it as --game, or start another`,
    );
  if (Number(game.responseTime) < LEAST_ANSWER_SECONDS)
    print(
      `NOTE: this devnet gives ${game.responseTime} s an answer; npm start -- --response-time 30 is one for people.`,
    );
  const against = options.against ?? (side === "liar" ? "honest" : "wrong-state");
  // The devnet's own honest party makes room for the person.
  if (side === "truth") await client.ask("solvent_stop", "challenger");
  let seat: Awaited<ReturnType<typeof realSeat>> | undefined;
  try {
    print("Your seat reads L1 and computes its histories ...");
    seat = await realSeat(info, signer.privateKey as Hex, side === "liar" ? "wrong-state" : undefined, seed);
    if (side === "truth" && against !== "person") await client.ask("solvent_addFault", against, seed);
    print(
      `You play ${game.type} over the chain's own program as the ${side === "truth" ? "honest side" : "liar"}, against: ${against}.`,
    );
    if (info.explorer !== null) print(`Each move is on the page: ${info.explorer}/disputes`);
    const table = new L1Table(seat, signer, side, [], new Random(seed));
    const setup: L1Setup = { game: game.type, side, program: "real", against, queue: seat.queue };
    return await playOnL1(table, setup, lines, print);
  } finally {
    await seat?.close();
    if (side === "truth") await client.ask("solvent_start", "challenger");
  }
}

const other = (side: "truth" | "liar"): string => (side === "truth" ? "liar" : "truth");

/** A lie of the sixteen steps as the three levels on L1 have it: a run has two stretches of two steps. */
function lieOf({ run, step }: ToyLie): Lie {
  return { run, machine: step >> 1, step: step & 1, salt: 1 };
}
