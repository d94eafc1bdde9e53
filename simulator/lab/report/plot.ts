/** One line of a plot: at each x the median of the runs, and their least and greatest. */
export interface Series {
  readonly label: string;
  readonly points: readonly { x: number; least: number; median: number; most: number }[];
}

/** What stands at an axis. @property show - Text of a value. */
export interface Axis {
  readonly label: string;
  show(value: number): string;
  /** What round numbers are round in, up to that value; 1 if absent. */
  unit?(most: number): number;
}

const [WIDTH, HEIGHT] = [360, 230];
const [LEFT, RIGHT, TOP, BOTTOM] = [58, 20, 10, 38];
/** As many lines have a colour and a mark of their own. */
export const MOST_SERIES = 6;

/** An SVG of lines with their bands. Colours come from the page, so that they follow its theme. */
export function linePlot(series: readonly Series[], x: Axis, y: Axis): string {
  const xs = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))].sort((a, b) => a - b);
  const top = Math.max(1e-9, ...series.flatMap(({ points }) => points.map(({ most }) => most)));
  const isLog = xs[0] > 0 && xs[xs.length - 1] / xs[0] > 10;
  const place = (value: number): number => {
    const scale = isLog ? Math.log : (number: number): number => number;
    const [least, most] = [scale(xs[0]), scale(xs[xs.length - 1])];
    return LEFT + ((WIDTH - LEFT - RIGHT) * (scale(value) - least)) / Math.max(most - least, 1e-9);
  };
  const ticks = niceTicks(top, y.unit?.(top));
  const height = (value: number): number =>
    HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / ticks[ticks.length - 1];
  const lines = series.map(({ points }, index) => {
    const at = (key: "least" | "median" | "most"): string[] =>
      points.map((point) => `${round(place(point.x))},${round(height(point[key]))}`);
    const band = [...at("most"), ...at("least").reverse()].join(" ");
    const dots = points.map(
      (point) =>
        `<circle class="s${index}" cx="${round(place(point.x))}" cy="${round(height(point.median))}" r="3"><title>${text(
          `${x.show(point.x)}: ${y.show(point.median)} (${y.show(point.least)} to ${y.show(point.most)})`,
        )}</title></circle>`,
    );
    return `<polygon class="band s${index}" points="${band}"/><polyline class="line s${index}" points="${at("median").join(" ")}"/>${dots.join("")}`;
  });
  const labels = thinned(xs, isLog ? 6 : 5, place).map(
    (value) =>
      `<text x="${round(place(value))}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle">${text(x.show(value))}</text>`,
  );
  return frame([...grid(ticks, height, y), ...labels, ...lines], `${x.label}${isLog ? " (logarithmic)" : ""}`, y.label);
}

/** An SVG of how often a value was measured. @param values - At least one, all finite. */
export function histogram(values: readonly number[], x: Axis): string {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const bins = least === most ? 1 : Math.min(24, Math.max(6, Math.ceil(Math.sqrt(values.length))));
  const counts = new Array<number>(bins).fill(0);
  for (const value of values)
    counts[Math.min(bins - 1, Math.floor((bins * (value - least)) / Math.max(most - least, 1e-9)))]++;
  const ticks = niceTicks(Math.max(...counts));
  const height = (value: number): number =>
    HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / ticks[ticks.length - 1];
  const width = (WIDTH - LEFT - RIGHT) / bins;
  const bars = counts.map((count, bin) => {
    const y = height(count);
    return `<rect class="bar" x="${round(LEFT + bin * width + 0.5)}" y="${round(y)}" width="${round(width - 1)}" height="${round(HEIGHT - BOTTOM - y)}"><title>${count} runs</title></rect>`;
  });
  const ends = (least === most ? [least] : [least, (least + most) / 2, most]).map((value, index, all) => {
    const part = all.length === 1 ? 0.5 : index / 2;
    const anchor = part === 0 ? "start" : part === 1 ? "end" : "middle";
    return `<text x="${LEFT + part * (WIDTH - LEFT - RIGHT)}" y="${HEIGHT - BOTTOM + 15}" text-anchor="${anchor}">${text(x.show(value))}</text>`;
  });
  return frame([...grid(ticks, height, { show: String }), ...bars, ...ends], x.label, "runs");
}

/** Round numbers from 0 to the first that is not below the greatest value. */
export function niceTicks(most: number, unit = 1): number[] {
  if (unit !== 1) return niceTicks(most / unit).map((tick) => tick * unit);
  const rough = Math.max(most, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough * 0.999)!;
  const count = Math.max(1, Math.ceil((most / step) * 0.999));
  return Array.from({ length: count + 1 }, (_, index) => +(index * step).toPrecision(12));
}

/** Some of the values, so that their labels do not touch. */
function thinned(values: readonly number[], most: number, place: (value: number) => number): number[] {
  const least = (WIDTH - LEFT - RIGHT) / most / 1.4;
  const kept: number[] = [];
  for (const value of values)
    if (kept.length === 0 || place(value) - place(kept[kept.length - 1]) > least) kept.push(value);
  return kept;
}

function grid(ticks: readonly number[], height: (value: number) => number, y: Pick<Axis, "show">): string[] {
  return ticks.map((tick) => {
    const at = round(height(tick));
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text x="${LEFT - 5}" y="${at + 4}" text-anchor="end">${text(y.show(tick))}</text>`;
  });
}

function frame(parts: readonly string[], x: string, y: string): string {
  const label = `<text class="axis" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${text(x)}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text(`${y} against ${x}`)}">${parts.join("")}${label}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** As HTML shows it. */
export function text(raw: string): string {
  return raw.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
