import { DATA_MODES, GAMES, type DataMode, type DeploymentConfigInput, type GameType } from "../deployment";
import { SolventError } from "../protocol/errors";

export const SEQUENCING_MODES = ["single", "rotation"] as const;
export type SequencingMode = (typeof SEQUENCING_MODES)[number];

export interface DevnetOptions {
  /** `hardhat`, `anvil`, or the URL of an L1 that runs already. */
  l1: string;
  l1Port: number;
  /** Milliseconds between L1 blocks. */
  l1IntervalMs: number;
  /** Blocks of L1 after which the nodes take it for final. */
  finality: number;
  sequencerPort: number;
  verifierPort: number;
  /** How many of each; all but the first have ports of their own, and the challengers answer lies but assert nothing. */
  verifiers: number;
  /** Verifiers take the sequencer's blocks from its feed; else they only ask for them. */
  feed: boolean;
  challengers: number;
  /** A maker buys withdrawals, at an exit market that is deployed for it. */
  maker: boolean;
  /** Null serves no explorer. */
  explorerPort: number | null;
  blockTimeMs: number;
  /** Blocks of L2 come every `blockTimeMs`, or before the sender of a transaction hears of it. */
  blocks: "interval" | "instant";
  /** Nothing moves by itself: no block of L2 or L1, no batch, no move of the game; `solvent_step` moves it. */
  isManual: boolean;
  /**
   * With one, each run is the same: L1 has a clock of its own that begins by the seed, and all goes in rounds of the same steps
   * (`devnet/rounds.ts`), or by steps from outside where `isManual`. Null goes by the clock on the wall.
   */
  seed: number | null;
  /** An idle chain goes on, a block a second: clients count confirmations. */
  emptyBlocks: boolean;
  /** While nobody sends anything L1 makes a block in two seconds and, after a while, L2 one in thirty: nodes ask when they are told. */
  slowsDown: boolean;
  /** The rules by which disputes are settled. */
  game: GameType;
  /** Whose turn it is to post: one sequencer's always, or that of three in turns, `sequencer`, `sequencer-2` and `sequencer-3`. */
  sequencing: SequencingMode;
  /**
   * Where the bytes of batches are; off L1 a server of the devnet's own keeps them, blobs L1 itself: anvil. `auto`: in blobs, or in calldata
   * where that costs less at the moment.
   */
  data: DataChoice;
  /** What leaves the bridge at a bounded rate; null where nothing does. */
  brake: DeploymentConfigInput["brake"] | null;
  /** Heights of the game, and seconds of one answer. */
  heights: [number, number, number];
  responseTimeSeconds: number;
  /** Seconds that an edge must earn; null for the least that the game allows. */
  challengePeriodSeconds: number | null;
  assertionIntervalSeconds: number;
  forceDelaySeconds: number;
  /** Seconds by which L2's clock may be ahead of L1's; null for a deployment's default. */
  maxAheadSeconds: number | null;
  batchAgeMs: number;
  /** File that `save` wrote, with which an empty folder begins; null begins anew. */
  load: string | null;
  /** Kept between runs; a folder of its own, deleted at the end, where null. */
  dataDir: string | null;
  logLevel: string;
  /** Actors to leave out: `sequencer`, `verifier`, `challenger`. */
  without: string[];
  /** Private key that pays for the actors on an L1 where their accounts have no ether. */
  funder: string | null;
}

export const DATA_CHOICES = [...DATA_MODES, "auto"] as const;
export type DataChoice = (typeof DATA_CHOICES)[number];

/** How the contracts of a choice take batches: those for blobs take calldata, too. */
export function dataModeOf(data: DataChoice): DataMode {
  return data === "auto" ? "blobs" : data;
}

/** Where the commands serve the page, unless told otherwise. */
export const EXPLORER_PORT = 9547;

export const DEFAULT_OPTIONS: DevnetOptions = {
  l1: "hardhat",
  l1Port: 8545,
  l1IntervalMs: 200,
  finality: 8,
  sequencerPort: 9545,
  verifierPort: 9546,
  verifiers: 1,
  feed: true,
  challengers: 1,
  maker: false,
  explorerPort: null,
  blockTimeMs: 500,
  blocks: "interval",
  isManual: false,
  seed: null,
  emptyBlocks: true,
  slowsDown: false,
  game: "edges",
  sequencing: "single",
  data: "calldata",
  brake: null,
  heights: [6, 20, 14],
  responseTimeSeconds: 1,
  challengePeriodSeconds: null,
  assertionIntervalSeconds: 10,
  forceDelaySeconds: 20,
  maxAheadSeconds: null,
  batchAgeMs: 2_000,
  load: null,
  dataDir: null,
  logLevel: "info",
  without: [],
  funder: null,
};

/** Of one answer where L1's blocks take a second: more time than for those of a fifth of one. */
export const SLOW_RESPONSE_SECONDS = 3;

export const ACTORS = ["sequencer", "verifier", "challenger"] as const;

/** Challengers that leave accounts for a rotation's members: the last two are theirs. */
const MOST_BESIDE_ROTATION = 3;

/** @throws SolventError `config-invalid` where options contradict each other or the game's rules. */
export function checkOptions(options: DevnetOptions): void {
  const { l1, game, data, without, heights, responseTimeSeconds, challengePeriodSeconds } = options;
  if (!isUrl(l1) && l1 !== "hardhat" && l1 !== "anvil")
    throw new SolventError("config-invalid", `--l1 ${l1}: must be hardhat, anvil or the URL of an L1 node`);
  if (!GAMES.includes(game))
    throw new SolventError("config-invalid", `--game ${String(game)}: must be one of ${GAMES.join(", ")}`);
  if (!DATA_CHOICES.includes(data))
    throw new SolventError("config-invalid", `--data ${String(data)}: must be one of ${DATA_CHOICES.join(", ")}`);
  checkRotation(options);
  checkSeed(options);
  if (dataModeOf(data) === "blobs" && l1 === "hardhat")
    throw new SolventError("config-invalid", `--data ${data}: Hardhat's network serves no blobs; add --l1 anvil`);
  const stranger = without.find((name) => !(ACTORS as readonly string[]).includes(name));
  if (stranger !== undefined)
    throw new SolventError("config-invalid", `--without ${stranger}: must be one of ${ACTORS.join(", ")}`);
  const least = leastChallengePeriod(heights, responseTimeSeconds);
  if (challengePeriodSeconds !== null && challengePeriodSeconds < least)
    throw new SolventError(
      "config-invalid",
      `--challenge-period ${challengePeriodSeconds}: with answers of ${responseTimeSeconds} s it is at least ${least}`,
    );
}

function checkRotation({ sequencing, isManual, challengers }: DevnetOptions): void {
  if (!SEQUENCING_MODES.includes(sequencing))
    throw new SolventError(
      "config-invalid",
      `--sequencing ${String(sequencing)}: must be one of ${SEQUENCING_MODES.join(", ")}`,
    );
  if (sequencing === "single") return;
  const obstacles: [is: boolean, flag: string][] = [
    [isManual, "--manual: steps move one sequencer"],
    [challengers > MOST_BESIDE_ROTATION, `--challengers ${challengers}: at most ${MOST_BESIDE_ROTATION} beside it`],
  ];
  const [obstacle] = obstacles.filter(([is]) => is);
  if (obstacle !== undefined)
    throw new SolventError("config-invalid", `--sequencing rotation does not go with ${obstacle[1]}`);
}

/** What waits for blocks of L1, or goes by a clock of its own, is not the same in each run. */
function checkSeed({ seed, l1, data, sequencing, blocks, maker, load }: DevnetOptions): void {
  if (seed === null) return;
  const obstacles: [is: boolean, flag: string][] = [
    [l1 !== "hardhat", `--l1 ${l1}: it keeps its own time`],
    [data !== "calldata", `--data ${data}: who keeps batches acts by the clock`],
    [sequencing !== "single", `--sequencing ${sequencing}: steps move one sequencer`],
    [blocks === "instant", "--instant: L2's blocks come in rounds"],
    [maker, "--maker: it acts by the clock"],
    [load !== null, "--load: what it begins with has a clock already"],
  ];
  const [obstacle] = obstacles.filter(([is]) => is);
  if (obstacle !== undefined) throw new SolventError("config-invalid", `--seed does not go with ${obstacle[1]}`);
}

/** Whether every block and every move is asked for, by rounds or from outside. */
export function goesBySteps({ isManual, seed }: Pick<DevnetOptions, "isManual" | "seed">): boolean {
  return isManual || seed !== null;
}

/** The shortest that the game allows: an honest party may need an answer a round. */
export function leastChallengePeriod(heights: readonly number[], responseTimeSeconds: number): number {
  return heights.reduce((sum, height) => sum + height, 3) * responseTimeSeconds + 1;
}

/** Whether an L1 is one that runs already. */
export function isUrl(l1: string): boolean {
  return /^https?:/.test(l1);
}
