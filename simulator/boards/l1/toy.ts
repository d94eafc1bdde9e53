import { Contract, ContractFactory, type InterfaceAbi, type Signer } from "ethers";
import { toInboxState } from "../../../games/assertions";
import { genesisAssertion } from "../../../games/names";
import { SETTLEMENT_ABI } from "../../../games/settlement";
import type { Parent } from "../../../games/truth";
import { toHex, word } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import type { GameName } from "../../lab/games/game";
import { RUN_STEPS, RUNS } from "../../lab/hand/toy";
import { toyArguments, toyOutput, toyOutputRoot, type ToyRules } from "../../truths/toy/machine";

/** Sixteen steps: four runs, each of two segments with two steps. */
export const TOY_L1_HEIGHTS: readonly [number, number, number] = [2, 1, 1];
/** A run ends with its last step. */
export const TOY_L1_RULES: ToyRules = { runSteps: RUN_STEPS };
/** As long as a person may think about one answer. */
const ANSWER_SECONDS = 120;
const ETHER = 10n ** 18n;
/** The most that one transaction may have: ether costs nothing here, waiting for estimates would. */
const DEPLOY_GAS = 16_777_216n;

const QUEUES: Readonly<Record<GameName, string>> = {
  edges: "ToyQueue",
  claims: "ToyClaims",
  tournament: "ToyTournament",
};

/** A queue of the toy program on some L1. */
export interface ToySystem {
  queue: Hex;
  /** L1 block from which on its logs are. */
  startBlock: number;
  genesis: Parent;
}

/** A compiled contract of contracts/test, by its name. */
export type ReadToy = (name: string) => { abi: InterfaceAbi; bytecode: string };

/** Puts the toy program's inbox, prover and queue on an L1. @param signer - pays; its nonces are its own affair. */
export async function deployToy(game: GameName, signer: Signer, read: ReadToy): Promise<ToySystem> {
  const startBlock = await signer.provider!.getBlockNumber();
  const deploy = async (name: string, args: readonly unknown[]): Promise<Contract> => {
    const { abi, bytecode } = read(name);
    const made = await new ContractFactory(abi, bytecode, signer).deploy(...args, { gasLimit: DEPLOY_GAS });
    return (await made.waitForDeployment()) as Contract;
  };
  const inbox = await deploy("ToyInbox", []);
  const address = await inbox.getAddress();
  const prover = await deploy("ToyProver", toyArguments(address, TOY_L1_RULES));
  // A run takes a batch; their bytes mean nothing to the toy program.
  for (let run = 0; run < RUNS; run++)
    await ((await inbox.appendBatch(toHex(word(run + 1)))) as { wait(): Promise<unknown> }).wait();
  const queue = await deploy(QUEUES[game], [argumentsOf(game, address, await prover.getAddress())]);
  return openToy((await queue.getAddress()) as Hex, signer, startBlock);
}

/** A toy queue that stands already: another person's. */
export async function openToy(queue: Hex, { provider }: Signer, startBlock = 0): Promise<ToySystem> {
  const outputRoot = toyOutputRoot(toyOutput(0));
  const inbox = toInboxState(await new Contract(queue, SETTLEMENT_ABI, provider).inboxState());
  return { queue, startBlock, genesis: { id: genesisAssertion(outputRoot), outputRoot, inbox } };
}

/** The constructor's argument. */
function argumentsOf(game: GameName, inbox: string, prover: string): object {
  const heights = TOY_L1_HEIGHTS;
  const answers = heights.reduce((sum, height) => sum + height, 3);
  const shared = { heights, genesisOutputRoot: toyOutputRoot(toyOutput(0)), inbox, prover };
  switch (game) {
    case "edges": {
      const time = { challengePeriod: answers * ANSWER_SECONDS + 1, responseTime: ANSWER_SECONDS, censorshipTime: 0 };
      return { ...shared, ...time, stakes: [ETHER, ETHER / 2n, ETHER / 10n] };
    }
    case "claims": {
      const clock = { maxClock: answers * ANSWER_SECONDS, clockExtension: ANSWER_SECONDS, stepTime: ANSWER_SECONDS };
      return { ...shared, ...clock, bond: ETHER / 10n, bondGrowth: (ETHER * 3n) / 2n };
    }
    case "tournament": {
      const time = { censorshipTime: ANSWER_SECONDS, responseTime: ANSWER_SECONDS, buildTime: ANSWER_SECONDS };
      return { ...shared, ...time, bonds: [ETHER, ETHER / 2n, ETHER / 4n] };
    }
  }
}
