import type { ComponentChildren } from "preact";
import { quantity } from "../../../protocol/quantity";
import type { Assertion, Audit, BatchInfo, SyncStatus, SystemConfig } from "../chain/types";
import { count, duration, plural, units } from "../format";
import { l1, node, useL1Seconds, useQuery } from "../live";
import { Account, Badge, Hash, Link, Loaded, Section, Table } from "../parts/parts";
import { History } from "./History";
import { Liability } from "./Liability";
import { PROMISES } from "./promises";
import { readWithdrawals } from "./withdrawals";
import { WithdrawalState } from "./WithdrawalState";

const MOST_WITHDRAWALS = 50;

/** What L1 holds, what L2 owes, and what a user can count on. */
export function Money() {
  const audit = useQuery("audit", () => node.send<Audit>("rollup_getAudit"), ["l1"]);
  return (
    <>
      <h1>Money</h1>
      <Section title="Books">
        <Loaded query={audit}>
          {({ assets, alerts, l1Block, l2Block }) => (
            <>
              <Table
                label="books by asset"
                head={[
                  "asset",
                  "escrow on L1",
                  "supply on L2",
                  "withdrawals under way",
                  "deposits under way",
                  "surplus",
                ]}
                rows={assets.map((one) => [
                  one.asset === "ether" ? "ether" : <Account value={one.asset} />,
                  units(one.escrow),
                  units(one.supply),
                  units(one.withdrawalsUnderWay),
                  units(one.depositsUnderWay),
                  units(one.surplus),
                ])}
              />
              {alerts.map(({ text }) => (
                <p key={text} class="failure">
                  {text}
                </p>
              ))}
              <p class="quiet">
                Escrow less supply and what is under way is the surplus: below zero the rollup would be insolvent. As of
                L1 block {count(l1Block.number)} and L2 block {count(l2Block.number)}, recomputed by the node from
                state, not read from a contract.
              </p>
            </>
          )}
        </Loaded>
      </Section>
      <History />
      <Panel />
      <Liability />
      {l1 !== null && <Withdrawals />}
    </>
  );
}

interface Live {
  status: SyncStatus;
  batch: BatchInfo | null;
  assertions: Assertion[];
  forceDelay: number | null;
  overdue: number | null;
}

async function readLive(): Promise<Live> {
  const [status, assertions, system] = await Promise.all([
    node.send<SyncStatus>("rollup_syncStatus"),
    node.send<Assertion[]>("rollup_getAssertions", [quantity(100)]),
    node.send<SystemConfig>("rollup_config"),
  ]);
  const last = status.batchCount - 1;
  const read = async (selector: string): Promise<number | null> =>
    l1 === null ? null : Number(await l1.send<string>("eth_call", [{ to: system.inbox, data: selector }, "latest"]));
  const [batch, forceDelay, overdue] = await Promise.all([
    last < 0 ? null : node.send<BatchInfo | null>("rollup_getBatch", [quantity(last)]),
    read("0xe6d7128a"), // forceDelay()
    read("0xcfd0fa49"), // overdueCount()
  ]);
  // The inbox counts from its first message on.
  const waiting = overdue === null ? null : Math.max(0, overdue - (batch?.delayedCount ?? 0));
  return { status, batch, assertions, forceDelay, overdue: waiting };
}

/** Safety and liveness, each from live state, with what the threat model says of it. */
function Panel() {
  const live = useQuery("panel", readLive, ["l1"]);
  const now = useL1Seconds();
  return (
    <Section title="What a user can count on">
      <Loaded query={live}>
        {({ status, batch, assertions, forceDelay, overdue }) => {
          const confirmed = assertions.find(({ status }) => status === "confirmed");
          const disputed = assertions.filter(({ status, isRivalled }) => status === "open" && isRivalled);
          const [latest] = assertions;
          const age = (seconds: number): string => (now === null ? "" : `${duration(now - seconds)} ago`);
          const rows: [what: keyof typeof PROMISES, state: ComponentChildren][] = [
            [
              "state validation",
              <>
                {confirmed === undefined ? (
                  <Badge kind="plain">nothing confirmed yet</Badge>
                ) : (
                  <Badge kind="good">confirmed up to block {count(confirmed.l2BlockNumber)}</Badge>
                )}{" "}
                {disputed.length > 0 && (
                  <Link href={`/dispute/${disputed[0].mutualId}`}>
                    {plural(disputed.length, "assertion")} in dispute
                  </Link>
                )}
              </>,
            ],
            [
              "data availability",
              batch === null ? (
                "no batch yet"
              ) : (
                <>
                  last <Link href={`/batch/${batch.index}`}>batch</Link> {age(batch.l1Time)}; this node derived block{" "}
                  {count(status.safe.number)} from L1 alone
                </>
              ),
            ],
            [
              "exit window",
              latest === undefined ? (
                "no assertion yet"
              ) : (
                <>
                  <Badge kind="good">nothing can be upgraded</Badge> a withdrawal takes{" "}
                  {duration(latest.challengePeriod)} from its assertion; longer in a{" "}
                  <Link href="/disputes">dispute</Link>, whose page says how long at most
                </>
              ),
            ],
            [
              "sequencer failure",
              overdue === null || forceDelay === null ? (
                "not known without L1"
              ) : (
                <>
                  {overdue > 0 ? (
                    <Badge kind="open">
                      {plural(overdue, "overdue message")}: anybody can force {overdue === 1 ? "it" : "them"} in
                    </Badge>
                  ) : (
                    <Badge kind="good">nothing overdue</Badge>
                  )}{" "}
                  whoever is left out goes over L1 and is in after {duration(forceDelay)} at most
                </>
              ),
            ],
            [
              "proposer failure",
              latest === undefined ? (
                "no assertion yet"
              ) : (
                <>
                  last assertion {age(latest.created)}; <Badge kind="good">anybody may assert</Badge>
                </>
              ),
            ],
          ];
          return (
            <>
              <Table
                label="solvency and liveness"
                head={["what", "now", "as the threat model has it"]}
                wraps
                rows={rows.map(([what, state]) => [what, state, `“${PROMISES[what]}”`])}
              />
              <p class="quiet">
                spend: stakes and gas of the disputes that it answers; d: the response time; C: the longest time that L1
                leaves its transactions out.
              </p>
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Withdrawals() {
  const list = useQuery("withdrawals", () => readWithdrawals(MOST_WITHDRAWALS), ["l1"]);
  return (
    <Section title="Withdrawals">
      <Loaded query={list}>
        {(found) => (
          <Table
            label="withdrawals"
            head={["withdrawal", "L2 block", "to", "ether", "state"]}
            rows={found.map(({ withdrawal, l2Hash, status, coveredAt }) => [
              <Hash value={l2Hash} to="tx" />,
              <Link href={`/block/${withdrawal.l2Block}`}>{count(withdrawal.l2Block)}</Link>,
              <Account value={withdrawal.transaction.target} />,
              units(withdrawal.transaction.value),
              <WithdrawalState status={status} coveredAt={coveredAt} />,
            ])}
          />
        )}
      </Loaded>
      <p class="quiet">
        Ether and tokens on their way from L2 to L1. Whoever receives one proves it on L1 and has it paid: begin one on
        the <Link href="/journey">journey</Link>.
      </p>
    </Section>
  );
}
