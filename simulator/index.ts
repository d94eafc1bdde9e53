// Three dispute games on a paper board, as a library; the command `solvent simulate` is made of the same.
export { playGame, type PartyResult, type PartySetup, type Played, type PlayEvent, type PlaySetup } from "./lab/play";
export { InlinePool, type Pool } from "./lab/pool/pool";
export { ThreadPool } from "./lab/pool/threadPool";
export { runScenario, type RunOptions, type RunResult } from "./lab/run";
export { BadScenario, parseScenario, readScenario, scenarioJsonSchema } from "./lab/scenario/read";
export { pointsOf, scenarioAt, type Point } from "./lab/scenario/points";
export { playSetupOf } from "./lab/scenario/setup";
export { writeReport } from "./lab/report/report";
export type { Scenario } from "./lab/scenario/schema";
export { STRATEGIES } from "./lab/strategies";
