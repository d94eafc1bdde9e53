/** From here on something is wrong. */
const WRONG = 60;
const GONE = 40;
const LEAVING = 10;

/** What is scored of an audit; amounts in each asset's smallest unit. */
interface Scored {
  assets: readonly { escrow: bigint; surplus: bigint; withdrawalsUnderWay: bigint }[];
  alerts: readonly unknown[];
}

/** Risk score, 0 to 100. @see docs/spec/13-solvency.md#score */
export function riskScore({ assets, alerts }: Scored): number {
  const most = (share: (entry: Scored["assets"][number]) => number): number => Math.max(0, ...assets.map(share));
  const gone = most(({ escrow, surplus }) => (surplus >= 0n ? 0 : ratio(-surplus, escrow - surplus)));
  const leaving = most(({ escrow, withdrawalsUnderWay }) => ratio(withdrawalsUnderWay, escrow));
  const isWrong = alerts.length > 0 || assets.some(({ surplus }) => surplus < 0n);
  return Math.min(100, (isWrong ? WRONG : 0) + GONE * gone + LEAVING * leaving);
}

/** Between 0 and 1; a part of nothing is all of it. */
function ratio(part: bigint, whole: bigint): number {
  if (part <= 0n) return 0;
  return part >= whole ? 1 : Number((part * 1_000_000n) / whole) / 1_000_000;
}
