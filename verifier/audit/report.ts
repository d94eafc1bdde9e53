import type { Audit } from "./audit";
import { riskScore } from "./score";

/** An audit for others to read: plain JSON, amounts as decimal text. */
export interface AuditReport {
  verdict: "solvent" | "insolvent";
  risk: number;
  l1Block: Audit["l1Block"];
  l2Block: Audit["l2Block"];
  assets: Record<string, string>[];
  alerts: { name: string; block: number; asset: string; text: string }[];
}

export function reportOf(audit: Audit): AuditReport {
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
  };
}

/** The same as one page that loads nothing. */
export function htmlOf({ verdict, risk, l1Block, l2Block, assets, alerts }: AuditReport): string {
  const columns = Object.keys(assets[0] ?? { asset: "" });
  const row = (cells: readonly string[], tag: "td" | "th"): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  const list = alerts.map(({ name, block, asset, text }) => row([name, String(block), asset, text], "td"));
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
    alerts.length === 0
      ? "<p>None.</p>"
      : `<table>${row(["name", "L2 block", "asset", "what"], "th")}${list.join("")}</table>`,
    "</html>",
  ].join("\n");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
