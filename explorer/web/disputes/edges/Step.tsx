import type { GameEvent } from "../../../../games/edges/events";
import type { GameReplica } from "../../../../games/edges/replica";
import { Account, Badge, Hash, Loaded, Section } from "../../parts/parts";
import type { SeenMove } from "../history";
import { useProof } from "../proof";
import { StepFacts } from "../StepFacts";
import { stepName } from "../words";
import { placeOf, sidesOf, type EdgesHistory } from "./history";
import { proofOf } from "./proof";

/** The one instruction that L1 executed: source, code, registers, memory, claims, verdict, cost. */
export function Step({
  history,
  move,
  replica,
}: {
  history: EdgesHistory;
  move: SeenMove<GameEvent>;
  replica: GameReplica;
}) {
  const id = move.event.kind === "StepProven" ? move.event.id : "0x";
  const proof = useProof(proofOf(move));
  const leaf = replica.edge(id);
  if (leaf === undefined) return <></>;
  const rivals = [...replica.edges.values()].filter(({ mutualId }) => mutualId === leaf.mutualId);
  return (
    <Section title="The disputed step">
      <p>This is {stepName(placeOf(history.at(history.moves.length), leaf))}.</p>
      <Loaded query={proof}>
        {(facts) => (
          <StepFacts
            proof={facts}
            claims={rivals.map((rival) => [
              <>
                {sidesOf(replica, rival.id).map((account) => (
                  <Account key={account} value={account} />
                ))}
              </>,
              <Hash value={rival.root} />,
              rival.status === "proven" ? <Badge kind="good">true</Badge> : <Badge kind="bad">false</Badge>,
            ])}
            outcome={
              <>
                gave the state of{" "}
                {sidesOf(replica, id).map((account) => (
                  <Account key={account} value={account} />
                ))}
              </>
            }
          />
        )}
      </Loaded>
    </Section>
  );
}
