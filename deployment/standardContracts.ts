import type { ContractChoices } from "./plan";
import { readProgramFile } from "./program";

/** The contracts of a real system: the prover of the program's machine and the queue over it. */
export const STANDARD_CONTRACTS: ContractChoices = {
  prover: {
    source: "vm/OneStepProver",
    fingerprint: () => readProgramFile().programHash,
    args: ({ addresses }) => {
      const { wasmHash: _wasmHash, programHash: _programHash, ...program } = readProgramFile();
      return [program, addresses.inbox];
    },
  },
  queue: {
    source: "games/edges/StateRootQueue",
    args: ({ config, addresses, genesis }) => [
      {
        heights: config.game.heights,
        stakes: config.game.stakes,
        challengePeriod: config.game.challengePeriod,
        responseTime: config.game.responseTime,
        censorshipTime: config.game.censorshipTime,
        genesisOutputRoot: genesis.outputRoot,
        inbox: addresses.inbox,
        prover: addresses.prover,
      },
    ],
  },
};
