import { RpcError } from "../node/rpc";
import type { Processes } from "./processes";

/** What one step may move; `all` is each of the others in this order, L1 once more at the end. */
export const STEPS = ["l2", "batch", "l1", "game"] as const;
export type StepKind = (typeof STEPS)[number] | "all";

export interface SteppedSystem {
  processes: Pick<Processes, "ask" | "names">;
  /** Asks L1 itself. */
  l1(method: string, params: unknown[]): Promise<unknown>;
  /** Asks the sequencer. */
  sequencer(method: string, params: unknown[]): Promise<unknown>;
}

/** Moves of a step, by the actor that made them. */
export type Moves = Record<string, string[]>;

/**
 * Moves a devnet by steps: a block of L2, a batch, a block of L1, the moves of the game that are due. Each has come to its end when it
 * answers, and all actors have read the L1 that it left.
 */
export class Steps {
  private readonly system: SteppedSystem;

  constructor(system: SteppedSystem) {
    this.system = system;
  }

  /** @throws RpcError -32602 where there is no such step. */
  async step(kind: unknown): Promise<Moves> {
    if (kind === "all") {
      let moves: Moves = {};
      for (const one of [...STEPS, "l1"]) moves = { ...moves, ...(await this.step(one)) };
      return moves;
    }
    if (kind === "game") return this.game();
    const { l1, sequencer } = this.system;
    if (kind === "l2") await sequencer("devnet_buildBlock", [null]);
    else if (kind === "batch") await sequencer("devnet_flush", []);
    else if (kind === "l1") await l1("evm_mine", []);
    else throw new RpcError(-32602, `a step is one of ${STEPS.join(", ")} or all, not ${JSON.stringify(kind)}`);
    await this.look();
    return {};
  }

  /** Every actor reads what is there. */
  private async look(): Promise<void> {
    const { processes } = this.system;
    await Promise.all(this.actors().map((name) => processes.ask(name, "look")));
  }

  private async game(): Promise<Moves> {
    const { processes } = this.system;
    const players = this.actors().filter((name) => !/^(sequencer|verifier)/.test(name));
    const moves: Moves = {};
    // One after the other: what comes first on L1 is not left to chance.
    for (const name of players) moves[name] = (await processes.ask(name, "step")) as string[];
    return moves;
  }

  private actors(): string[] {
    return this.system.processes.names().filter((name) => name !== "l1");
  }
}
