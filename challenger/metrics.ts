import { formatEther } from "ethers";
import { Counter, Gauge, type Registry } from "prom-client";
import type { DisputeGame } from "../games/game";
import type { Hex } from "../protocol/types";

/** What the metrics read when they are asked for. */
interface MetricsSources {
  game: Pick<DisputeGame, "size" | "assertions">;
  /** Whose claims and money are told, lower case. */
  account: Hex;
  /** Wei in the wallet and in the queue together, as looked at last; null before the first look. */
  held(): bigint | null;
  /** Wei that are kept for answers before anything is proposed. */
  reserve(): bigint;
}

/** A challenger's metrics; claims and money under names of op-dispute-mon. */
export class ChallengerMetrics {
  readonly moves: Counter<"kind">;
  readonly worstAnswer: Gauge;

  constructor(registry: Registry, sources: MetricsSources) {
    const registers = [registry];
    this.moves = new Counter({ name: "solvent_moves_total", help: "Moves sent", labelNames: ["kind"], registers });
    this.worstAnswer = new Gauge({
      name: "solvent_worst_answer_seconds",
      help: "Until the last answer where the dearest runs are disputed at once, as measured after the start; 0 before",
      registers,
    });
    new Gauge({
      name: "solvent_edges",
      help: "Edges or claims of the game on L1",
      registers,
      collect() {
        this.set(sources.game.size);
      },
    });
    new Gauge({
      name: "solvent_honest_actor_claims",
      help: "Own assertions: pending, confirmed (valid), slashed (invalid)",
      labelNames: ["honest_actor_address", "state"],
      registers,
      collect() {
        const count = { pending: 0, valid: 0, invalid: 0 };
        for (const { staker, status } of sources.game.assertions())
          if (staker === sources.account)
            count[status === "confirmed" ? "valid" : status === "slashed" ? "invalid" : "pending"] += 1;
        for (const [state, number] of Object.entries(count))
          this.set({ honest_actor_address: sources.account, state }, number);
      },
    });
    const addMoney = (name: string, help: string, wei: () => bigint | null): void => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          const amount = wei();
          if (amount !== null) this.set(Number(formatEther(amount)));
        },
      });
    };
    addMoney(
      "solvent_bond_collateral_required",
      "Ether that is kept for answers before anything is proposed",
      sources.reserve,
    );
    addMoney(
      "solvent_bond_collateral_available",
      "Ether in the wallet and in the queue, as looked at last",
      sources.held,
    );
  }
}
