import type { Hex } from "../../../../protocol/types";
import type { GameReplica } from "../../../../games/edges/replica";
import { count, duration, units } from "../../format";
import { Account, Badge, Facts, Hash, Link, Section, Table } from "../../parts/parts";
import { assertionsAt, blocksOf, flowsOf, type Contested, type SeenMove, type Verdict } from "./history";
import { changesOf, useProof } from "./proof";
import { stepName } from "./words";

/** The questions that a person comes with, each answered in one row: who lied, about what, at which step, who paid whom, when is money out. */
export function Answers({
  replica,
  dispute,
  moves,
  rows,
  verdict,
  now,
}: {
  replica: GameReplica;
  dispute: Hex;
  moves: readonly SeenMove[];
  rows: readonly Contested[];
  verdict: Verdict;
  /** L1 seconds of the moment that is shown. */
  now: number;
}) {
  const { winner, losers, place, by } = verdict;
  const assertions = assertionsAt(replica, dispute);
  const proven = moves.find(({ event }) => event.kind === "StepProven");
  if (assertions.length < 2) return <></>;
  return (
    <Section title="In short">
      <Facts
        rows={[
          [
            "who lied",
            losers.length === 0 ? (
              "not decided yet"
            ) : (
              <>
                {losers.map((account) => (
                  <Account key={account} value={account} />
                ))}
                {winner !== null && (
                  <>
                    ; <Account value={winner} /> told the truth
                  </>
                )}
              </>
            ),
          ],
          ["about which block", <Blocks blocks={blocksOf(replica, rows)} />],
          [
            "at which step",
            place === null ? (by === "time" ? "none: an answer was left out" : "not known yet") : stepName(place),
          ],
          proven === undefined ? null : ["what the step should have given", <ShouldGive move={proven} />],
          ["when can I withdraw", <WhenOut replica={replica} dispute={dispute} now={now} />],
        ]}
      />
      <Paid moves={moves} replica={replica} />
    </Section>
  );
}

function Blocks({ blocks }: { blocks: [first: number, last: number] | null }) {
  if (blocks === null) return <>not known yet</>;
  const [first, last] = blocks;
  if (first === last) return <Link href={`/block/${first}`}>L2 block {count(first)}</Link>;
  return (
    <>
      one of L2 blocks {count(first)} to {count(last)}
    </>
  );
}

function ShouldGive({ move }: { move: SeenMove }) {
  const proof = useProof(move);
  if (proof.data === undefined) return <>…</>;
  const { explained } = proof.data;
  const { place, afterHash } = explained;
  return (
    <>
      {place !== null && (
        <>
          line{" "}
          <code>
            {place.file}:{place.line}
          </code>
          :{" "}
        </>
      )}
      {changesOf(explained).join(", ")}
      {afterHash !== null && (
        <>
          ; the whole machine then has hash <Hash value={afterHash} />
        </>
      )}
    </>
  );
}

/** When withdrawals under this dispute's assertions can be paid. */
function WhenOut({ replica, dispute, now }: { replica: GameReplica; dispute: Hex; now: number }) {
  const assertions = assertionsAt(replica, dispute);
  const confirmed = assertions.find(({ status }) => status === "confirmed");
  const end = replica.assertions.get((confirmed ?? assertions[0]).id)!.l2BlockNumber;
  const { challengePeriodSeconds } = replica.parameters;
  if (confirmed !== undefined)
    return (
      <>
        <Badge kind="good">now</Badge> what was withdrawn up to block {count(end)} and proven under{" "}
        <Account value={confirmed.staker} />
        ’s assertion; on the <Link href="/journey">journey</Link> is the button
      </>
    );
  const latest = assertions[0].created + 2 * challengePeriodSeconds - now;
  return (
    <>
      what was withdrawn up to block {count(end)} waits for the end of this dispute:{" "}
      {latest > 0 ? `at most ${duration(latest)} more, while somebody honest answers` : "any moment"}
    </>
  );
}

/** Who paid whom so far. */
function Paid({ moves, replica }: { moves: readonly SeenMove[]; replica: GameReplica }) {
  const { purses, burnt, setAside, paid } = flowsOf(moves, replica);
  return (
    <>
      <h3>Who paid whom</h3>
      <Table
        label="who paid whom"
        head={["who", "staked", "back", "lost", "of that burnt", "paid for its moves"]}
        rows={purses.map((one) => [
          <Account value={one.account} />,
          ...[one.staked, one.back, one.lost, one.burnt, one.paid].map((wei) =>
            wei === 0n ? "" : `${units(wei)} ether`,
          ),
        ])}
      />
      <p class="quiet">
        {setAside + burnt === 0n
          ? "Nobody has lost a stake yet. Half of a lost stake is burnt, the other half pays those who made the winner’s moves."
          : `Of ${units(setAside + burnt)} ether lost, ${units(burnt)} are burnt, ${units(paid)} went to those who made the winner’s moves, ${units(setAside - paid)} wait there for whoever claims a move.`}
      </p>
    </>
  );
}
