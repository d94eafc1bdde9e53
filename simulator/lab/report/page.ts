import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Measure } from "../results";
import { MOST_SERIES, histogram, linePlot, text, type Axis, type Series } from "./plot";
import type { Results, Row } from "./table";

interface Shown extends Axis {
  readonly measure: Measure;
  readonly title: string;
}

/** What is plotted, in this order. */
const SHOWN: readonly Shown[] = [
  shown("confirmable_seconds", "Delay until confirmable", "delay", showSeconds),
  shown("honest_gas_osaka", "Honest gas (Osaka)", "gas", showNumber),
  shown("honest_peak_ether", "Honest peak capital", "ether", showNumber),
  shown("adversary_lost_ether", "The adversaries' loss", "ether", showNumber),
  shown("transactions", "Transactions of all", "transactions", showNumber),
];
const WORST = 10;

/**
 * One page with all that it needs: plots of each measure against what was swept, distributions, and the worst runs with the command
 * that plays each of them again. No script, and nothing is fetched.
 * @param all - One folder or several; each is a line of its own in the plots.
 */
export function reportPage(all: readonly Results[]): string {
  const title = all.map(({ scenario }) => scenario.name).join(", ");
  const style = readFileSync(join(__dirname, "report.css"), "utf8");
  const sections = [summary(all), ...sweptPaths(all).map((path) => plots(all, path)), distributions(all), worst(all)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title>
<style>
${style}</style>
</head>
<body>
<main>
<h1>${text(title)}</h1>
${sections.join("\n")}
</main>
</body>
</html>
`;
}

function summary(all: readonly Results[]): string {
  const blocks = all.map(({ name, scenario, rows, version, eventsHash }) => {
    const losses = rows.filter(({ measures }) => measures.honest_win !== "true").length;
    const about = scenario.about === undefined ? "" : `<p>${text(scenario.about)}</p>`;
    const lost = losses === 0 ? "won by the honest side, all of them" : `${losses} lost by the honest side`;
    return `<h2>${text(name)}</h2>${about}
<dl><dt>Game</dt><dd>${text(`${scenario.game.kind}, heights ${scenario.game.heights.join(", ")}`)}</dd>
<dt>Runs</dt><dd>${rows.length}, ${lost}</dd>
<dt>Adversaries</dt><dd>${text(scenario.adversaries.map(({ strategy, count }) => `${count} × ${strategy}`).join(", ") || "none")}</dd>
<dt>Events</dt><dd><code>${eventsHash}</code></dd><dt>Code</dt><dd><code>${version}</code></dd></dl>`;
  });
  return blocks.join("\n");
}

/** Paths with at least two different numbers, most values first. */
function sweptPaths(all: readonly Results[]): string[] {
  const paths = [...new Set(all.flatMap(({ paths: own }) => own))];
  return paths.filter((path) => new Set(valuesOf(all, path)).size > 1);
}

function valuesOf(all: readonly Results[], path: string): number[] {
  return all.flatMap(({ rows }) => rows.map(({ parameters }) => Number(parameters[path]))).filter(Number.isFinite);
}

function plots(all: readonly Results[], path: string): string {
  const x = axisOf(path);
  const [lines, dropped] = linesOf(all, path);
  const figures = SHOWN.map((measure) => {
    const series = lines.map(({ label, rows }) => seriesOf(label, rows, path, measure.measure));
    const filled = series.filter(({ points }) => points.length > 0);
    const plot = filled.length === 0 ? "<p>No run has this.</p>" : linePlot(filled, x, measure);
    return `<figure><figcaption>${text(measure.title)}</figcaption>${plot}</figure>`;
  });
  const legend = lines.map(({ label }, index) => `<li><span class="key k${index}"></span>${text(label)}</li>`).join("");
  const more = dropped === 0 ? "" : `<p>${dropped} further lines are left out; summary.csv has them.</p>`;
  const note = `<p class="note">Lines are medians, bands the least and the greatest of all runs${path === "censorship.seconds" ? "; C is all censorship of a dispute together" : ""}.</p>`;
  return `<section><h2>Against ${text(x.label)}</h2>${lines.length > 1 ? `<ul class="legend">${legend}</ul>` : ""}${more}${note}<div class="plots">${figures.join("")}</div></section>`;
}

/** Rows by folder, and where there is one folder only by what else was swept, if that is little enough to tell apart. */
function linesOf(all: readonly Results[], path: string): [{ label: string; rows: readonly Row[] }[], dropped: number] {
  const lines = new Map<string, Row[]>();
  for (const { name, rows, paths } of all) {
    const others = paths.filter((other) => other !== path);
    const counts = others.map((other) => new Set(rows.map(({ parameters }) => parameters[other])).size);
    const isFew = counts.reduce((product, count) => product * count, all.length) <= MOST_SERIES;
    for (const row of rows) {
      const own = isFew ? others.map((other) => `${axisOf(other).label}: ${shownValue(other, row)}`) : [];
      const label = [...(all.length > 1 ? [name] : []), ...own].join(", ") || "all runs";
      lines.set(label, [...(lines.get(label) ?? []), row]);
    }
  }
  const list = [...lines].map(([label, rows]) => ({ label, rows }));
  return [list.slice(0, MOST_SERIES), Math.max(0, list.length - MOST_SERIES)];
}

function shownValue(path: string, { parameters }: Row): string {
  const value = Number(parameters[path]);
  return Number.isFinite(value) ? axisOf(path).show(value) : parameters[path];
}

function seriesOf(label: string, rows: readonly Row[], path: string, measure: Measure): Series {
  const at = new Map<number, number[]>();
  for (const { parameters, measures } of rows) {
    const [x, y] = [Number(parameters[path]), Number(measures[measure])];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    const known = at.get(x);
    if (known === undefined) at.set(x, [y]);
    else known.push(y);
  }
  const points = [...at].map(([x, values]) => {
    values.sort((a, b) => a - b);
    return { x, least: values[0], median: values[values.length >> 1], most: values[values.length - 1] };
  });
  return { label, points: points.sort((a, b) => a.x - b.x) };
}

function distributions(all: readonly Results[]): string {
  const blocks = all.map(({ name, rows }) => {
    const figures = SHOWN.map((measure) => {
      const values = rows.map(({ measures }) => Number(measures[measure.measure]));
      const finite = values.filter(Number.isFinite);
      const without = values.length - finite.length;
      const note = without === 0 ? "" : `<p>${without} runs have no such value: they ended without a verdict.</p>`;
      const plot = finite.length === 0 ? "" : histogram(finite, measure);
      return `<figure><figcaption>${text(measure.title)}</figcaption>${plot}${note}</figure>`;
    });
    return `${all.length > 1 ? `<h3>${text(name)}</h3>` : ""}<div class="plots">${figures.join("")}</div>`;
  });
  return `<section><h2>Distributions</h2>${blocks.join("")}</section>`;
}

function worst(all: readonly Results[]): string {
  const harm = ({ measures }: Row): number =>
    measures.honest_win === "true" ? Number(measures.confirmable_seconds) : 1e15;
  const listed = all.flatMap((results) => results.rows.map((row) => ({ results, row })));
  const rows = listed.sort((a, b) => harm(b.row) - harm(a.row)).slice(0, WORST);
  const cells = rows.map(({ results: { folder, paths }, row }) => {
    const { measures } = row;
    const where = paths.map((path) => `${axisOf(path).label}: ${shownValue(path, row)}`).join(", ");
    const command = replayCommand(folder, measures);
    const end =
      measures.honest_win === "true" ? `won by ${measures.reason}` : `LOST (${measures.outcome}, ${measures.end})`;
    return `<article><h3>${text(end)}, ${text(SHOWN[0].show(Number(measures.confirmable_seconds)))}${where === "" ? "" : `; ${text(where)}`}</h3>
<p>${text(`${showNumber(Number(measures.honest_gas_osaka))} gas, ${showNumber(Number(measures.honest_peak_ether))} ether at the peak, ${measures.transactions} transactions`)}; events <code>${measures.events_sha256.slice(0, 16)}</code></p>
<pre>${text(command)}</pre></article>`;
  });
  return `<section><h2>Worst runs</h2><p>Each with the command that plays it again, to the same events.</p>${cells.join("\n")}</section>`;
}

/** The command that plays one run again: with the same code to the same events, whose SHA-256 it prints. */
export function replayCommand(folder: string, { point, seed }: Pick<Row["measures"], "point" | "seed">): string {
  return `npm run simulate -- run ${folder}/scenario.json --point ${point} --seed ${seed} --runs 1 --out ${folder}/replay`;
}

/** What a swept path is called. */
function axisOf(path: string): Axis {
  const isSeconds = /seconds$/i.test(path);
  const show = isSeconds ? showSeconds : showNumber;
  if (path === "censorship.seconds") return { label: "C", show };
  const party = /^(adversaries|honest)\.(\d+)\.(.+)$/.exec(path);
  if (party === null) return { label: path, show };
  const [, side, , key] = party;
  const who = side === "honest" ? "of the honest side" : "of the adversaries";
  const words: Readonly<Record<string, string>> = {
    count: side === "honest" ? "honest parties" : "number of adversaries",
    budgetEther: `budget ${who} (ether)`,
    "options.lies": "number of lies",
  };
  return { label: words[key] ?? `${key} ${who}`, show };
}

function shown(measure: Measure, title: string, label: string, show: (value: number) => string): Shown {
  return { measure, title, label, show, unit: show === showSeconds ? unitOf : undefined };
}

/** The unit that `showSeconds` shows that value in. */
function unitOf(seconds: number): number {
  if (seconds < 120) return 1;
  if (seconds < 7_200) return 60;
  return seconds < 172_800 ? 3_600 : 86_400;
}

function showSeconds(value: number): string {
  if (!Number.isFinite(value)) return "no verdict";
  if (value === 0) return "0";
  const unit = unitOf(value);
  return `${digits(value / unit)} ${{ 1: "s", 60: "min", 3_600: "h", 86_400: "d" }[unit]}`;
}

function showNumber(value: number): string {
  if (Math.abs(value) >= 1e9) return `${digits(value / 1e9)}G`;
  if (Math.abs(value) >= 1e6) return `${digits(value / 1e6)}M`;
  return Math.abs(value) >= 10_000 ? `${digits(value / 1e3)}k` : digits(value);
}

function digits(value: number): string {
  return String(+value.toPrecision(3));
}
