import type { DevnetInfo } from "../../devnet/devnet";

/** Puts both layers forward, by more than a challenge period where nothing else is said. @param periods - Challenge periods. */
export async function jump({ l2, deployment }: DevnetInfo, periods = 2): Promise<void> {
  const { game } = deployment.parameters as { game: { challengePeriod: string } };
  const seconds = Math.ceil(periods * Number(game.challengePeriod));
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "solvent_advanceTime", params: [seconds] });
  const headers = { "content-type": "application/json" };
  const answer = (await (await fetch(l2.sequencer!, { method: "POST", headers, body })).json()) as { error?: object };
  if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
}
