import { depthOf } from "../../../../games/claims/position";
import type { ClaimsReplica } from "../../../../games/claims/replica";
import { Account, Badge, Hash, Loaded, Section } from "../../parts/parts";
import type { SeenMove } from "../history";
import { useProof } from "../proof";
import { StepFacts } from "../StepFacts";
import { stepName } from "../words";
import { spanOf, stepOf, type PlayedEvent, type Rules } from "./history";
import { proofOf } from "./proof";

/** The one instruction that L1 executed: source, code, registers, memory, claims, verdict, cost. */
export function Step({ move, replica, rules }: { move: SeenMove<PlayedEvent>; replica: ClaimsReplica; rules: Rules }) {
  const proof = useProof(proofOf(move));
  const { event } = move;
  if (event.kind !== "StepPlayed") return <></>;
  const place = stepOf(replica, event, rules.heights);
  const claims = claimsAbout(replica, event, rules);
  // Where the step leads away from it, it fell because it denied the claim about what follows.
  const { assertion, claims: tree } = replica.trees.get(event.assertion)!;
  const fallen = tree[event.index];
  return (
    <Section title="The disputed step">
      <p>
        This is {stepName(place)}. <Account value={event.stepper} /> had L1 execute it: claim {event.index} of assertion{" "}
        {assertion.index} does not hold.
      </p>
      <Loaded query={proof}>
        {(facts) => (
          <StepFacts
            proof={facts}
            claims={[
              ...claims.map(({ index, claimant, value }) => [
                <>
                  <Account value={claimant} /> (claim {index})
                </>,
                <Hash value={value} />,
                facts.explained.afterHash === null ? (
                  "not known to this page"
                ) : value === facts.explained.afterHash ? (
                  <Badge kind="good">true</Badge>
                ) : (
                  <Badge kind="bad">false</Badge>
                ),
              ]),
              ...(claims.some(({ index }) => index === event.index)
                ? []
                : [
                    [
                      <>
                        <Account value={fallen.claimant} /> (claim {event.index})
                      </>,
                      <>
                        <Hash value={fallen.value} /> before it
                      </>,
                      <Badge kind="bad">{denialOf(fallen.position, claims.at(0))}</Badge>,
                    ],
                  ]),
            ]}
            outcome={<>disproves claim {event.index}</>}
          />
        )}
      </Loaded>
    </Section>
  );
}

/** What was wrong with a claim about the state before the step. @param after - The deepest claim about the state after it, if there is one. */
function denialOf(position: number, after: { position: number; index: number } | undefined): string {
  if (after === undefined) return "denied what L1 got";
  // Claims of one side are an even number of answers apart.
  const isOwn = (depthOf(position) - depthOf(after.position)) % 2 === 0;
  return isOwn ? `claim ${after.index} does not follow from it` : `denied claim ${after.index}, which follows from it`;
}

/** The claims of the path, the stepped one included, about the state after the step; the deepest first. */
function claimsAbout(
  replica: ClaimsReplica,
  event: Extract<PlayedEvent, { kind: "StepPlayed" }>,
  { heights }: Rules,
): { index: number; claimant: string; value: string; position: number }[] {
  const { claims } = replica.trees.get(event.assertion)!;
  const { run } = spanOf(claims[event.index].position, heights);
  const { instruction } = stepOf(replica, event, heights);
  const found = [];
  for (let index = event.index; index !== 0; index = claims[index].parent) {
    const { claimant, value, position } = claims[index];
    const span = spanOf(position, heights);
    if (span.run === run && BigInt(span.last) === instruction) found.push({ index, claimant, value, position });
  }
  return found;
}
