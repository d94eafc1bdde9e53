import type { Deployment } from "../../deployment";
import { EdgesGame, GameReplica, parseGameLog, QUEUE_ABI, type GameEvent, type PlacedEdge } from "../../games/edges";
import type { AssertionInfo } from "../../games/types";
import { L1Rpc } from "../../node/l1/rpc";
import type { Hex } from "../../protocol/types";
import { Referee, type Told } from "./referee";
import type { StepPlace, Verdict } from "./types";

/** Watches a game of edges. */
export class EdgesReferee extends Referee<GameEvent> {
  private constructor(
    rpc: L1Rpc,
    deployment: Deployment,
    private readonly replica: GameReplica,
    intervalMs: number,
  ) {
    super(rpc, deployment.addresses.queue, deployment.l1Block, QUEUE_ABI, intervalMs);
  }

  static async open(rpc: L1Rpc, deployment: Deployment, intervalMs: number): Promise<EdgesReferee> {
    const { parameters } = await EdgesGame.open(rpc, deployment.addresses.queue, deployment.l1Block);
    return new EdgesReferee(rpc, deployment, new GameReplica(parameters), intervalMs).start();
  }

  get heights(): readonly [number, number, number] {
    return this.replica.parameters.heights;
  }

  get challengePeriodSeconds(): number {
    return this.replica.parameters.challengePeriodSeconds;
  }

  assertedBy(account: Hex): AssertionInfo[] {
    return [...this.replica.assertions.values()].filter(({ id }) => this.replica.edge(id)!.staker === account);
  }

  verdict(liar: Hex, from: number): Verdict | null {
    const { seen, replica } = this;
    const news = seen.slice(from);
    // What was asserted before is another lie's, also where it is slashed only now.
    const told = new Set(news.flatMap(({ event }) => (event.kind === "AssertionAdded" ? [event.assertion.id] : [])));
    const slashed = news.flatMap(({ event, at }) =>
      event.kind === "Slashed" && event.staker === liar ? [{ ...event, settledAt: at }] : [],
    );
    const first = slashed.find(({ id }) => told.has(id));
    if (first === undefined) return null;
    const { mutualId } = replica.edge(first.id)!;
    const ended = new Set(slashed.map(({ id }) => id));
    for (const id of replica.assertions.keys()) {
      const rival = replica.edge(id)!;
      if (rival.mutualId === mutualId && rival.staker === liar && !ended.has(id)) return null;
    }
    const { at: toldAt } = seen.find(
      ({ event }) => event.kind === "AssertionAdded" && event.assertion.id === first.id,
    )!;
    const proof = news.find((one) => one.event.kind === "StepProven" && one.at >= toldAt);
    const sum = (values: bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
    return {
      winner: { account: replica.edge(first.winner)!.staker, assertion: first.winner },
      loser: { account: liar, assertion: first.id },
      by: proof === undefined ? "time" : "proof",
      proven: proof?.told?.kind === "proven" ? proof.told.place : null,
      provenAfterMs: proof === undefined ? null : proof.at - toldAt,
      settledAfterMs: slashed.at(-1)!.settledAt - toldAt,
      stakes: slashed.length,
      reward: sum(slashed.map(({ reward }) => reward)),
      burnt: sum(slashed.map(({ burnt }) => burnt)),
    };
  }

  standing(): string {
    const { replica } = this;
    const edges = [...replica.edges.values()];
    const deepest = edges.reduce<PlacedEdge | null>((best, edge) => {
      const isDeeper =
        best === null ||
        edge.at.level > best.at.level ||
        (edge.at.level === best.at.level && edge.at.height < best.at.height);
      return isDeeper ? edge : best;
    }, null);
    const place = deepest === null ? "" : `, deepest at level ${deepest.at.level} height ${deepest.at.height}`;
    return `${replica.assertions.size} assertions, ${edges.length} edges${place}`;
  }

  protected parse(log: { topics: string[]; data: string }): GameEvent | null {
    return parseGameLog(log);
  }

  protected apply(event: GameEvent, timeSeconds: number): Told | null {
    this.replica.apply(event, timeSeconds);
    switch (event.kind) {
      case "AssertionAdded":
        return { kind: "asserted", by: event.staker, assertion: event.assertion };
      case "Bisected": {
        const { level, height } = this.replica.edge(event.id)!.at;
        return { kind: "narrowed", level, leaves: 2 ** (height - 1) };
      }
      case "Opened":
        return { kind: "opened", level: event.level, by: event.staker };
      case "StepProven":
        return { kind: "proven", place: this.placeOf(this.replica.edge(event.id)!) };
      default:
        return null;
    }
  }

  /** The leaf above the tree that an edge belongs to; undefined at level 0. */
  private leafAbove(edge: PlacedEdge): PlacedEdge | undefined {
    for (const root of this.replica.edges.values())
      if (root.at.origin === edge.at.origin && root.at.level === edge.at.level && BigInt(root.at.claim) !== 0n)
        return this.replica.edge(root.at.claim);
    return undefined;
  }

  /** Where an edge of level 2 and height 0 stands in the whole dispute. */
  private placeOf(step: PlacedEdge): StepPlace {
    const segment = this.leafAbove(step)!;
    const run = this.leafAbove(segment)!;
    return { parent: this.parentOf(run), run: run.at.index, segment: segment.at.index, step: step.at.index };
  }

  /** Assertion whose child's tree an edge of level 0 belongs to. */
  private parentOf(edge: PlacedEdge): Hex {
    for (const { id, parent } of this.replica.assertions.values())
      if (this.replica.edge(id)!.at.origin === edge.at.origin) return parent;
    throw new Error("bug: an edge of level 0 without an assertion");
  }
}
