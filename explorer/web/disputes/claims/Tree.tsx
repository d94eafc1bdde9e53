import { usedAgainst } from "../../../../games/claims/clock";
import type { ClaimTree } from "../../../../games/claims/types";
import { count, duration, ether, plural } from "../../format";
import { Account, Badge, Section } from "../../parts/parts";
import { clocksAt, deepest, rowsOf, type AssertedBlocks, type ClaimRow, type Rules } from "./history";
import { leafName } from "./words";

/** Claims of one tree that are drawn, at most; more are counted. */
const MOST_CLAIMS = 300;
/** Branches that are told apart by how far they are moved in. */
const MOST_BRANCHES = 6;

/**
 * One tree of claims: who attacks and defends what, down to the step; clocks, bonds and what became of each.
 * @param side - 0 or 1, the colour that the assertion has among its rivals; who denies it has the other.
 */
export function Tree({
  tree,
  side,
  rules,
  blocks,
  now,
}: {
  tree: ClaimTree;
  side: number;
  rules: Rules;
  blocks: AssertedBlocks;
  now: number;
}) {
  const rows = rowsOf(tree, rules.heights);
  return (
    <Section title={`Assertion ${tree.assertion.index}: ${plural(tree.claims.length, "claim")}`} wide>
      {!tree.claims[0].isResolved && <Clocks tree={tree} rules={rules} now={now} />}
      <ol class="narrow claims">
        {rows.slice(0, MOST_CLAIMS).map((row, i) => (
          <Row key={row.index} {...{ row, above: rows[i - 1], tree, side, rules, blocks, now }} />
        ))}
      </ol>
      {rows.length > MOST_CLAIMS && <p class="quiet">and {count(rows.length - MOST_CLAIMS)} more</p>}
    </Section>
  );
}

/** Both clocks on the path that has come furthest. */
function Clocks({ tree, rules: { maxClockSeconds }, now }: { tree: ClaimTree; rules: Rules; now: number }) {
  const index = deepest(tree);
  const { own, against } = clocksAt(tree, index, now);
  const isDefenders = rowParity(tree, index) === 0;
  const sides = [
    { name: "who stands for the assertion", used: isDefenders ? own : against },
    { name: "who denies it", used: isDefenders ? against : own },
  ];
  return (
    <p class="clocks">
      On the longest path:{" "}
      {sides.map(({ name, used }) => (
        <label key={name}>
          {name} has used{" "}
          <meter
            min={0}
            max={maxClockSeconds}
            value={Math.min(used, maxClockSeconds)}
            aria-label={`clock of ${name}`}
          />{" "}
          {duration(Math.min(used, maxClockSeconds))} of {duration(maxClockSeconds)}
        </label>
      ))}
    </p>
  );
}

/** 0 for claims of the side that stands for the assertion, 1 for those that deny it. */
function rowParity({ claims }: ClaimTree, index: number): number {
  let parity = 0;
  for (let at = index; at !== 0; at = claims[at].parent) parity ^= 1;
  return parity;
}

function Row({
  row,
  above,
  tree,
  side,
  rules,
  blocks,
  now,
}: {
  row: ClaimRow;
  above: ClaimRow | undefined;
  tree: ClaimTree;
  side: number;
  rules: Rules;
  blocks: AssertedBlocks;
  now: number;
}) {
  const { index, claim, does, depth, span, branch } = row;
  const [x, width] = [(100 * span.first) / span.whole, (100 * (span.last - span.first + 1)) / span.whole];
  const isFirstOfRun = span.run !== null && above?.span.run !== span.run;
  return (
    <li class={`s${rowParity(tree, index) ^ side} b${Math.min(branch, MOST_BRANCHES)}`}>
      <span>
        {index === 0 && <span class="level">Which block?</span>}
        {isFirstOfRun && <span class="level">Which instruction of block {count(blocks.before + span.run! + 1)}?</span>}
        <strong>{index}</strong> <Account value={claim.claimant} />{" "}
        {index === 0 ? "asserts" : `${does} ${claim.parent}`}
      </span>
      <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
        <rect class="whole" x="0" y="5" width="100" height="4" />
        <rect class="kept" x={Math.min(x, 99.4)} y="0" width={Math.max(width, 0.6)} height="14" />
      </svg>
      <span>
        <code title={claim.value}>{claim.value.slice(2, 8)}</code>{" "}
        <span class="quiet">
          for {leafName(span, blocks)}; {ether(rules.bonds[depth])};{" "}
        </span>
        <Fate row={row} tree={tree} rules={rules} now={now} />
      </span>
    </li>
  );
}

function Fate({ row, tree, rules, now }: { row: ClaimRow; tree: ClaimTree; rules: Rules; now: number }) {
  const { index, claim, state } = row;
  if (state === "disproved") return <Badge kind="bad">disproved by L1’s step</Badge>;
  if (state === "stands") return <Badge kind="good">stands</Badge>;
  if (state === "countered") return <Badge kind="bad">fell</Badge>;
  if (claim.answers.length > 0) return <Badge kind="plain">answered</Badge>;
  const left = rules.maxClockSeconds - usedAgainst(tree, index, now);
  return <Badge kind="open">{left > 0 ? `${duration(left)} to answer` : "not answered in time"}</Badge>;
}
