/** One feature of the devnet: what is typed, and what must be printed. */
export interface Feature {
  title: string;
  /** What it is good for, in a sentence or two. */
  about: string;
  lines: readonly string[];
  prints: readonly RegExp[];
}

export interface Walked extends Feature {
  transcript: readonly { line: string; printed: string }[];
  isWell: boolean;
}

/** Lines that are shown of what one command prints, and characters of each. */
const MOST_LINES = 14;
const MOST_CHARACTERS = 150;

/** The page: a table of all, then each with its transcript. */
export function toMarkdown(walked: readonly Walked[]): string {
  const rows = walked.map(
    ({ title, lines, isWell }, i) =>
      `| ${i + 1} | [${title}](#${i + 1}) | \`${lines[0].replace(/\|/g, "\\|")}\`${lines.length > 1 ? " ..." : ""} | ${isWell ? "yes" : "**no**"} |`,
  );
  const parts = walked.map(({ title, about, transcript }, i) =>
    [
      `## ${i + 1}. ${title} {#${i + 1}}`,
      "",
      about,
      "",
      "```console",
      ...transcript.flatMap(({ line, printed }) => [`$ ${line}`, ...shorten(i > 0 ? withoutBanner(printed) : printed)]),
      "```",
      "",
    ].join("\n"),
  );
  return [
    "# Fifteen features of the devnet, as they were tried",
    "",
    "Written by `npx tsx test/tools/features.ts`, which types the commands below on real devnets and fails where one prints something else than it must;",
    "the output is as it was, shortened where there are dots. `solvent` is `npx tsx scripts/solvent.ts` in the checkout; L1, L2 and V are the URLs of L1,",
    "the sequencer and the verifier. What else there is, and what is not: `docs/devnet.md`.",
    "",
    "| | feature | command | printed what it must |",
    "|---|---|---|---|",
    ...rows,
    "",
    ...parts,
  ].join("\n");
}

/** The banner is shown once. */
function withoutBanner(printed: string): string {
  return printed.replace(/^Solvent devnet\n[^]*\n(?=READY)/, "");
}

function shorten(printed: string): string[] {
  const lines = printed.split("\n").filter((line) => line.trim() !== "");
  const head = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 2), "...", ...lines.slice(-1)] : lines;
  return head.map((line) => (line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 3)}...` : line));
}
