import type { TournamentReplica } from "../../../../games/tournament/replica";
import type { MatchState, TournamentParameters } from "../../../../games/tournament/types";
import { Account, Badge, Hash, Loaded, Section } from "../../parts/parts";
import { useProof, type ProofSource } from "../proof";
import { StepFacts } from "../StepFacts";
import { stepName } from "../words";
import { stepOf } from "./history";

/** The one instruction that L1 executed: source, code, registers, memory, claims, verdict, cost. */
export function Step({
  match,
  source,
  replica,
  rules,
}: {
  match: MatchState;
  source: ProofSource;
  replica: TournamentReplica;
  rules: TournamentParameters;
}) {
  const { commitments } = replica.tournaments.get(match.tournament)!;
  const sides = [
    { side: commitments.get(match.one)!, claims: match.left },
    { side: commitments.get(match.two)!, claims: match.right },
  ];
  return (
    <Section title="The disputed step">
      <p>This is {stepName(stepOf(replica, match, rules.heights))}.</p>
      <Loaded query={useProof(source)}>
        {(facts) => (
          <StepFacts
            proof={facts}
            claims={sides.map(({ side, claims }) => [
              <Account value={side.claimer} />,
              <Hash value={claims} />,
              side.standing === "out" ? <Badge kind="bad">false</Badge> : <Badge kind="good">true</Badge>,
            ])}
            outcome="ended the match"
          />
        )}
      </Loaded>
    </Section>
  );
}
