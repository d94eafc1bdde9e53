import { expect } from "chai";
import hre from "hardhat";
import { join } from "node:path";
import type { Contract, Signer } from "ethers";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import { compileToBytes } from "../../../vm/build/asc";
import { HonestPlayer, genesisAssertion, toInboxState, type Move, type Parent } from "../../../games/edges";
import { commitProgram } from "../../../vm/commit/program";
import { flatten } from "../../../vm/flatten";
import { Op } from "../../../vm/isa";
import { Status, type Program } from "../../../vm/types";
import { toHex, word } from "../../../protocol";
import { attachGame, type GameChain } from "../../../simulator/boards/contracts/chain";
import { ETHER, parametersOf } from "../../../simulator/boards/setup";
import { unsettled } from "../../../simulator/invariants";
import { expectNone } from "../../support/game/expectNone";
import { VmChain, VmLie, VmTruth } from "../../../simulator/truths/vmTruth";

const HEIGHTS = [2, 4, 4] as const;
const RECORD = toHex(word(77));
const LAST = { run: 3, segment: 15, step: 15 };
type Game = Pick<GameChain, "queue" | "parameters" | "accounts" | "send" | "mineTogether" | "replica">;
/** Of a proof, what is not the step; code that is marked for coverage takes more. */
const BEYOND_STEP_GAS = process.env.SOLVENT_COVERAGE === "1" ? 120_000 : 60_000;

/** GAME.md point 10 and issue 4: disputes over the real prover, down to one instruction of a real wasm program. */
describe("game: disputes over a wasm program and the real prover", function () {
  this.timeout(240_000);
  let program: Program;
  before(async () => {
    await compileOnce();
    program = flatten(await compileToBytes(join(__dirname, "../../support/game/programs/chain.as.ts"), 1));
  });

  /** Plays a lie at that place to the end; the step that was proven is the one where it begins. */
  async function dispute(
    place: { run: number; segment: number; step: number },
    blocks = 3,
    traps = false,
  ): Promise<number> {
    const chain = new VmChain(blocks, traps, [RECORD]);
    const { game, genesis, prover } = await deploy(chain);
    const truth = new VmTruth(program, chain, HEIGHTS);
    const lie = new VmLie(truth, { run: place.run, machine: place.segment, step: place.step });
    const addresses = await Promise.all(
      game.accounts.slice(0, 2).map(async (a) => (await a.getAddress()).toLowerCase()),
    );
    const players = [truth, lie].map((source, i) => {
      const account = addresses[i] as `0x${string}`;
      return new HonestPlayer(source, { account, from: genesis, propose: ({ id }) => id === genesis.id });
    });
    let beyondStep = -1;
    for (let idle = 0; idle < 4;) {
      let isMoved = false;
      for (const [i, player] of players.entries()) {
        const { moves } = player.decide(await game.replica());
        if (moves.length === 0) continue;
        isMoved = true;
        const proof = moves.find((move) => i === 0 && move.kind === "proveStep");
        const receipt = await game.send(moves, game.accounts[i]);
        if (proof !== undefined && moves.length === 1)
          beyondStep = Number(receipt.gasUsed) - (await stepGas(prover, proof));
        if (proof?.kind === "proveStep") expect(proof.at.index).to.equal(place.step);
      }
      if (isMoved) continue;
      idle++;
      const { nowSeconds, parameters } = await game.replica();
      await game.mineTogether([], nowSeconds + Math.ceil(parameters.challengePeriodSeconds / 2));
    }
    const honest = addresses[0] as `0x${string}`;
    expectNone(unsettled(await game.replica(), { truth, genesis, honest, deposited: 200n * ETHER, reason: "proof" }));
    return beyondStep;
  }

  async function deploy(chain: VmChain): Promise<{ game: Game; genesis: Parent; prover: Contract }> {
    const accounts = (await hre.ethers.getSigners()) as unknown as Signer[];
    const inbox = await hre.ethers.deployContract("ToyInbox");
    await (await inbox.appendBatch(RECORD)).wait();
    const prover = await hre.ethers.deployContract("OneStepProver", [commitProgram(program), inbox.target]);
    const { heights, stakes, challengePeriodSeconds: challengePeriod } = parametersOf({ heights: HEIGHTS });
    const genesisOutputRoot = chain.roots[0];
    const times = { challengePeriod, responseTime: 100, censorshipTime: 0 };
    const argument = { heights, stakes, ...times, genesisOutputRoot, inbox, prover };
    const queue = (await hre.ethers.deployContract("ToyQueue", [argument])) as unknown as Contract;
    const deployedAt = await hre.ethers.provider.getBlockNumber();
    for (const account of accounts.slice(0, 2))
      await (await (queue.connect(account) as Contract).deposit({ value: 100n * ETHER })).wait();
    const limits = toInboxState(await queue.inboxState());
    const genesis = { id: genesisAssertion(genesisOutputRoot), outputRoot: genesisOutputRoot, inbox: limits };
    const game = attachGame(queue, parametersOf({ heights: HEIGHTS }), accounts, deployedAt);
    return { game, genesis, prover: prover as unknown as Contract };
  }

  /** Gas of a transaction that does the step alone. */
  async function stepGas(prover: Contract, move: Move): Promise<number> {
    if (move.kind !== "proveStep") throw new Error("not a proof");
    const { to, data } = await prover
      .getFunction("step")
      .populateTransaction(move.before.state, move.inbox, move.witness);
    return Number(await hre.ethers.provider.estimateGas({ to, data }));
  }

  /** Where the true run does an instruction of that kind, or stands in that status, counted in steps. */
  function find(isThere: (op: number, status: Status) => boolean, blocks = 3, traps = false, run = 0) {
    const chain = new VmChain(blocks, traps, [RECORD]);
    const truth = new VmTruth(program, chain, HEIGHTS);
    const inbox = { batchCount: 1, lastBatch: RECORD, delayedCount: 0, lastDelayed: toHex(word(0)) };
    const parent = { id: genesisAssertion(chain.roots[0]), outputRoot: chain.roots[0], inbox };
    for (let steps = 0; steps < 256; steps++) {
      const machine = truth.at(parent, run, steps);
      const isRunning = machine.status === Status.running;
      if (isThere(isRunning ? machine.trace().instruction.op : -1, machine.status))
        return { run, segment: steps >> 4, step: steps & 15 };
    }
    throw new Error("the run has no such step");
  }

  for (const [where, place] of [
    ["the first leaf of each level", { run: 0, segment: 0, step: 0 }],
    ["a middle leaf of each level", { run: 1, segment: 3, step: 7 }],
    ["the last leaf of each level, where the machine has long halted", LAST],
  ] as const)
    it(`V60 proves the one instruction where a lie begins, at ${where}`, async () => {
      const beyondStep = await dispute(place);
      expect(beyondStep, "gas beyond the step itself").to.be.within(1, BEYOND_STEP_GAS);
    });

  for (const [name, op] of [
    ["input", Op.input],
    ["preimage", Op.preimage],
    ["inbox", Op.inbox],
    ["output", Op.output],
  ] as const)
    it(`V33 proves the step of the host call ${name}`, async () => {
      await dispute(find((at) => at === op));
    });

  it("V61 proves the step that traps, the trapped machine at rest, and a run from the zero root", async () => {
    const trap = find((_, status) => status === Status.unreachable, 1, true, 1);
    const before = trap.segment * 16 + trap.step - 1;
    await dispute({ run: 1, segment: before >> 4, step: before & 15 }, 1, true);
    await dispute(trap, 1, true);
    await dispute({ run: 2, segment: 0, step: 0 }, 1, true);
  });

  it("V61 proves a step of a halted machine, in the padding", async () => {
    await dispute(find((_, status) => status === Status.halted));
  });
});
