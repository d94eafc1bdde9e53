import type { AssetBooks, AuditPoint } from "../chain/types";
import { amountOf, count, units } from "../format";
import { node, useQuery } from "../live";
import { Account, Loaded, Section } from "../parts/parts";

/** What is drawn of each asset. */
const SERIES: readonly [name: string, value: (books: AssetBooks) => bigint][] = [
  ["escrow on L1", ({ escrow }) => amountOf(escrow)],
  ["supply on L2", ({ supply }) => amountOf(supply)],
  ["under way", (books) => amountOf(books.withdrawalsUnderWay) + amountOf(books.depositsUnderWay)],
  ["surplus", ({ surplus }) => amountOf(surplus)],
];

/** The books over time, as the node has seen them since it started. */
export function History() {
  const points = useQuery("audit history", () => node.send<AuditPoint[]>("rollup_getAuditHistory"), ["l1"]);
  return (
    <Section title="The books over time">
      <Loaded query={points}>
        {(list) =>
          list.length < 2 ? (
            <p class="quiet">The node has not seen enough yet.</p>
          ) : (
            <>
              <p class="quiet">
                L2 blocks {count(list[0].l2Block)} to {count(list.at(-1)!.l2Block)}, since the node started. Escrow must
                never be below supply and what is under way together.
              </p>
              {list.at(-1)!.assets.map(({ asset }) => (
                <Asset key={asset} asset={asset} points={list} />
              ))}
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

function Asset({ asset, points }: { asset: string; points: readonly AuditPoint[] }) {
  const own = points.flatMap(({ l2Block, assets }) => {
    const books = assets.find((one) => one.asset === asset);
    return books === undefined ? [] : [{ at: l2Block, books }];
  });
  return (
    <>
      <h3>{asset === "ether" ? "ether" : <Account value={asset} />}</h3>
      <ul class="lines">
        {SERIES.map(([name, value]) => (
          <Line key={name} name={name} points={own.map(({ at, books }) => ({ at, value: value(books) }))} />
        ))}
      </ul>
    </>
  );
}

/** One amount from L2 block to L2 block, between its least and its most; not by time: genesis may be far older than the rest. */
function Line({ name, points }: { name: string; points: readonly { at: number; value: bigint }[] }) {
  const values = points.map(({ value }) => value);
  const least = values.reduce((one, other) => (other < one ? other : one));
  const most = values.reduce((one, other) => (other > one ? other : one));
  const [from, until] = [points[0].at, points.at(-1)!.at];
  const x = (at: number): number => (until === from ? 0 : (100 * (at - from)) / (until - from));
  // In thousandths of the span: more than a screen has pixels.
  const y = (value: bigint): number =>
    most === least ? 15 : 28 - Number((26_000n * (value - least)) / (most - least)) / 1_000;
  // A step: an amount holds until the next point.
  const path = points.map(({ at, value }, i) => (i === 0 ? `M0 ${y(value)}` : `H${x(at)}V${y(value)}`)).join("");
  const words = most === least ? `always ${units(most)}` : `${units(least)} to ${units(most)}`;
  return (
    <li>
      <span class="name">{name}</span>
      <svg viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label={`${name} over time: ${words}`}>
        <path d={path} vector-effect="non-scaling-stroke" />
      </svg>
      <strong>{units(values.at(-1)!)}</strong> <span class="quiet">{words}</span>
    </li>
  );
}
