/** A place of the text that names something of this repository. */
export interface Mention {
  file: string;
  line: number;
  text: string;
}

/** What stands in a repository. */
export interface Known {
  /** Files and folders, relative to the root. */
  hasPath(path: string): boolean;
  /** Names that are declared in TypeScript, AssemblyScript or Solidity. */
  hasName(name: string): boolean;
}

const PATH = /(?<![\w./:@~-])(?:\.{1,2}\/)*((?:[\w-]+\/)+[\w.-]*\w)/g;
const FILE_ENDING = /\.(?:ts|as\.ts|sol|md|json|cjs|mjs|js|html|css|yml)$/;
const TWIN = /\bTwin of (?:`([\w.]+)`|(\w+)(?=[\s.,;:]|$))/g;
/** What a build or a run makes, and what is elsewhere. */
const MADE = /^(?:build|artifacts|cache|coverage|deployments|data|node_modules|dist|tmp)\//;

/**
 * Paths and twins that a text names and that are not there. A path counts where it ends like a source file, or where it begins with one
 * of `rooms`; globs, placeholders in capitals and what is built are passed over. Code of a source file is passed over, too: only
 * comments speak.
 */
export function danglingMentions(file: string, text: string, known: Known, rooms: readonly string[]): Mention[] {
  const found: Mention[] = [];
  proseOf(file, text).forEach((prose, i) => {
    for (const match of prose.matchAll(PATH)) {
      const path = match[1].replace(/[.,]$/, "");
      const rest = prose.slice(match.index + match[0].length);
      if (rest.startsWith("*") || rest.startsWith("{") || rest.startsWith("<") || rest.startsWith(":Contract"))
        continue;
      const isFile = FILE_ENDING.test(path);
      const first = path.slice(0, path.indexOf("/"));
      if (MADE.test(path) || /[A-Z]{3,}/.test(path.replace(/README|CHANGELOG|LICENSE/g, ""))) continue;
      if (!isFile && !(rooms.includes(first) && isQuoted(prose, match.index, match[0].length))) continue;
      if (!isFile && !rooms.includes(first)) continue;
      const candidates = [path, `${folderOf(file)}${path}`, normal(`${folderOf(file)}${match[0]}`)];
      const ok = candidates.some(
        (one) => known.hasPath(one) || known.hasPath(`${one}.ts`) || known.hasPath(`${one}.sol`),
      );
      if (!ok && (rooms.includes(first) || match[0].startsWith("."))) found.push({ file, line: i + 1, text: path });
    }
    for (const [, quoted, plain] of prose.matchAll(TWIN)) {
      const name = quoted ?? plain;
      if (plain !== undefined && prose.includes(`Twin of ${plain}/`)) continue;
      if (!name.split(".").every((part) => known.hasName(part)))
        found.push({ file, line: i + 1, text: `Twin of ${name}` });
    }
  });
  return found;
}

/** The text's lines, with everything but comments blanked in sources. */
function proseOf(file: string, text: string): string[] {
  if (file.endsWith(".md")) return text.split("\n");
  let isInside = false;
  return text.split("\n").map((line) => {
    const trimmed = line.trim();
    const starts = trimmed.startsWith("/*");
    if (starts) isInside = true;
    const prose = isInside || trimmed.startsWith("//") ? line : (/(?:^|\s)\/\/ (.*)$/.exec(line)?.[1] ?? "");
    if (isInside && trimmed.endsWith("*/")) isInside = false;
    return prose;
  });
}

function isQuoted(line: string, at: number, length: number): boolean {
  return line[at - 1] === "`" && line[at + length]?.match(/[`/]/) !== null;
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.lastIndexOf("/") + 1) : "";
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/"))
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  return parts.join("/");
}
