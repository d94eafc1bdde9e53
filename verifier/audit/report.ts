import { formatEther } from "ethers";
import type { Audit } from "./audit";
import type { Forecast, Payout } from "./outlook";
import { riskScore } from "./score";

/** An audit for others to read: plain JSON, amounts as decimal text. */
export interface AuditReport {
  verdict: "solvent" | "insolvent";
  risk: number;
  l1Block: Audit["l1Block"];
  l2Block: Audit["l2Block"];
  assets: Record<string, string>[];
  alerts: { name: string; block: number; asset: string; text: string }[];
  warnings: { name: string; block: number; assertion: number; text: string }[];
  /** Null where the game on L1 is not known. */
  forecast: {
    oldest: Forecast["oldest"];
    guard: { stake: string; ratio: number | null; readyEther: string | null };
  } | null;
}

export function reportOf(audit: Audit): AuditReport {
  const { forecast } = audit;
  const isWrong = audit.alerts.length > 0 || audit.assets.some(({ surplus }) => surplus < 0n);
  return {
    verdict: isWrong ? "insolvent" : "solvent",
    risk: riskScore(audit),
    l1Block: audit.l1Block,
    l2Block: audit.l2Block,
    assets: audit.assets.map((entry) =>
      Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, String(value)])),
    ),
    alerts: audit.alerts.map(({ name, block, asset, text }) => ({ name, block, asset, text })),
    warnings: audit.warnings.map(({ name, block, assertion, text }) => ({ name, block, assertion, text })),
    forecast: forecast === null ? null : { oldest: forecast.oldest, guard: guardInText(forecast.guard) },
  };
}

/** The same as one page that loads nothing. */
export function htmlOf(report: AuditReport): string {
  const { verdict, risk, l1Block, l2Block, assets, alerts, warnings } = report;
  const columns = Object.keys(assets[0] ?? { asset: "" });
  const row = (cells: readonly string[], tag: "td" | "th"): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  const table = (head: readonly string[], rows: readonly string[][]): string =>
    rows.length === 0
      ? "<p>None.</p>"
      : `<table>${row(head, "th")}${rows.map((one) => row(one, "td")).join("")}</table>`;
  const found = alerts.map(({ name, block, asset, text }) => [name, String(block), asset, text]);
  const open = warnings.map(({ name, block, assertion, text }) => [name, String(block), String(assertion), text]);
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Audit of solvency</title>',
    "<style>body{font:15px/1.5 sans-serif;margin:2rem}td,th{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #ccc}</style>",
    `<h1>${verdict === "solvent" ? "Solvent" : "Insolvent"}</h1>`,
    `<p>L1 block ${l1Block.number} (${escaped(l1Block.hash)}), L2 block ${l2Block.number} (${escaped(l2Block.hash)}). Risk score ${risk.toFixed(1)} of 100.</p>`,
    `<h2>Assets, in their smallest units</h2><table>${row(columns, "th")}`,
    ...assets.map((entry) =>
      row(
        columns.map((column) => entry[column]),
        "td",
      ),
    ),
    "</table><h2>Findings</h2>",
    table(["name", "L2 block", "asset", "what"], found),
    "<h2>Open on L1</h2>",
    table(["name", "L2 block", "assertion", "what"], open),
    "<h2>Forecast</h2>",
    ...forecastLines(report.forecast).map((line) => `<p>${escaped(line)}</p>`),
    "</html>",
  ].join("\n");
}

function guardInText({ stake, ratio, readyEther }: Forecast["guard"]): NonNullable<AuditReport["forecast"]>["guard"] {
  return { stake: String(stake), ratio, readyEther: readyEther === null ? null : String(readyEther) };
}

/** What is expected, a sentence each. */
export function forecastLines(forecast: AuditReport["forecast"]): string[] {
  if (forecast === null) return ["Nothing is expected: the game on L1 is not known to this version."];
  const { oldest, guard } = forecast;
  const { stake, ratio, readyEther } = guard;
  const lie = `A false assertion puts ${formatEther(stake)} ether at stake`;
  return [
    oldest === null ? "Every withdrawal is paid." : payoutLine(oldest),
    ratio === null
      ? `${lie}.`
      : `${lie}; a liar locks ${ratio} ether for each that honest parties lock, so that ${formatEther(readyEther!)} ` +
        "ether of theirs, ready, make outspending them as dear as the ether in escrow.",
  ];
}

function payoutLine({ hash, block, assertion, payableAt, latestAt }: Payout): string {
  const which = `The oldest withdrawal that is not paid, ${hash} of L2 block ${block},`;
  if (assertion === null) return `${which} is in no assertion yet.`;
  const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
  const latest = `at ${at(latestAt!)} at the latest`;
  if (payableAt === null) return `${which} is in assertion ${assertion}, which is disputed: it can be paid ${latest}.`;
  return `${which} can be paid from ${at(payableAt)} on by assertion ${assertion} if nobody disputes it, ${latest}.`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
