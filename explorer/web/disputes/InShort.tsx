import type { ComponentChildren } from "preact";
import type { Hex } from "../../../protocol/types";
import { count, duration, ether } from "../format";
import { Account, Badge, Facts, Hash, Link, Loaded, Section, Table } from "../parts/parts";
import type { Purse, Verdict } from "./history";
import { changesOf, useProof, type ProofSource } from "./proof";
import { stepName } from "./words";

/** When withdrawals under a dispute's assertions can be paid. */
export interface PayDay {
  /** Who staked the assertion that was confirmed; null before. */
  confirmed: string | null;
  /** Last L2 block that the assertion covers. */
  end: number;
  /** Seconds until the dispute is over at the latest, while somebody honest answers. */
  latestSeconds: number;
}

/** The questions that a person comes with, each answered in one row: who lied, about what, at which step, who paid whom, when is money out. */
export function InShort({
  verdict: { winner, losers, place, by },
  refuted,
  blocks,
  latestBlock,
  proof,
  payDay,
  purses,
  paidFor,
  flow,
}: {
  verdict: Verdict;
  /** Against whom the step went that L1 executed; empty before. */
  refuted: readonly Hex[];
  /** L2 blocks of the runs that the dispute has come down to: more than there are where a side's last runs make none. */
  blocks: [first: number, last: number] | null;
  /** The last L2 block that a side speaks of. */
  latestBlock: number;
  /** The step that L1 executed. */
  proof: ProofSource | null;
  payDay: PayDay;
  purses: readonly Purse[];
  /** What `Purse.paid` is, by the rules of the game: the head of its column. */
  paidFor: string;
  /** Where lost stakes go, in a sentence. */
  flow: ComponentChildren;
}) {
  const liars = losers.map((account) => <Account key={account} value={account} />);
  const stepped = refuted.map((account) => <Account key={account} value={account} />);
  return (
    <Section title="In short">
      <Facts
        rows={[
          [
            "who lied",
            by === "frozen" ? (
              "nobody can tell: all sides are out"
            ) : losers.length === 0 ? (
              <>not decided yet{stepped.length > 0 && <>, but the step that L1 executed went against {stepped}</>}</>
            ) : (
              <>
                {liars}
                {winner !== null && (
                  <>
                    ; <Account value={winner} /> told the truth
                  </>
                )}
              </>
            ),
          ],
          ["about which block", <Blocks blocks={blocks} latest={latestBlock} />],
          [
            "at which step",
            place === null ? (by === "time" ? "none: an answer was left out" : "not known yet") : stepName(place),
          ],
          proof === null ? null : ["what the step should have given", <ShouldGive proof={proof} />],
          ["when can I withdraw", <WhenOut {...payDay} isFrozen={by === "frozen"} />],
        ]}
      />
      <h3>Who paid whom</h3>
      <Table
        label="who paid whom"
        wraps
        head={["who", "staked", "back", "lost", "of that burnt", paidFor]}
        rows={purses.map((one) => [
          <Account value={one.account} />,
          ...[one.staked, one.back, one.lost, one.burnt, one.paid].map((wei) => (wei === 0n ? "" : ether(wei))),
        ])}
      />
      <p class="quiet">{flow}</p>
    </Section>
  );
}

function Blocks({ blocks, latest }: { blocks: [first: number, last: number] | null; latest: number }) {
  if (blocks === null) return <>not known yet</>;
  const [first, last] = [blocks[0], Math.min(blocks[1], latest)];
  if (first > latest) return <>none: whether L2 has anything left to do after block {count(latest)}</>;
  if (first === last) return <Link href={`/block/${first}`}>L2 block {count(first)}</Link>;
  return (
    <>
      one of L2 blocks {count(first)} to {count(last)}
    </>
  );
}

function ShouldGive({ proof: source }: { proof: ProofSource }) {
  return (
    <Loaded query={useProof(source)}>
      {({ explained }) => (
        <>
          {explained.place !== null && (
            <>
              line{" "}
              <code>
                {explained.place.file}:{explained.place.line}
              </code>
              :{" "}
            </>
          )}
          {changesOf(explained).map(({ what, becomes }, i) => (
            <span key={what}>
              {i > 0 && ", "}
              {what} → <code>{becomes}</code>
            </span>
          ))}
          {explained.afterHash !== null && (
            <>
              ; the whole machine then has hash <Hash value={explained.afterHash} />
            </>
          )}
        </>
      )}
    </Loaded>
  );
}

function WhenOut({ confirmed, end, latestSeconds, isFrozen }: PayDay & { isFrozen: boolean }) {
  if (isFrozen)
    return <>what was withdrawn up to block {count(end)} cannot be paid: nothing is confirmed here any more</>;
  if (confirmed !== null)
    return (
      <>
        <Badge kind="good">now</Badge> what was withdrawn up to block {count(end)} and proven under{" "}
        <Account value={confirmed} />
        ’s assertion; on the <Link href="/journey">journey</Link> is the button
      </>
    );
  return (
    <>
      what was withdrawn up to block {count(end)} waits for the end of this dispute:{" "}
      {latestSeconds > 0 ? `at most ${duration(latestSeconds)} more, while somebody honest answers` : "any moment"}
    </>
  );
}
