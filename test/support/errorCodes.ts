import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ERROR_CODES, type ErrorCode } from "../../protocol/errorCodes";
import { MAY_IMPORT } from "../house/plan";
import { globSync } from "./glob";

const ROOT = join(__dirname, "..", "..");
const TABLE = join("protocol", "errorCodes.ts");
export const ERROR_PAGE = join(ROOT, "docs", "errors.md");

/** Files of the product that name each code: in quotes; or, of a refused transaction, its reason. */
export function usesOfCodes(): Map<ErrorCode, string[]> {
  const uses = new Map((Object.keys(ERROR_CODES) as ErrorCode[]).map((code) => [code, [] as string[]]));
  for (const folder of Object.keys(MAY_IMPORT)) {
    if (folder === "test") continue;
    for (const path of globSync(join(ROOT, folder), /\.ts$/)) {
      const file = relative(ROOT, path);
      if (file === TABLE) continue;
      const text = readFileSync(path, "utf8");
      for (const [code, files] of uses) {
        const isReason = new RegExp(`refused\\(\\s*"${code.replace(/^tx-/, "")}"`).test(text);
        if (text.includes(`"${code}"`) || (code.startsWith("tx-") && isReason)) files.push(file);
      }
    }
  }
  return uses;
}

/** docs/errors.md as the sources have it. */
export function errorPage(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `# Error codes

Every failure of operation is a \`SolventError\` with a stable \`code\` for programs and a message that names the case and how to mend it; over
RPC the code stands in \`error.data.code\`. A verdict about data is never one of them. Written by \`npx tsx test/tools/errors.ts\` from
\`protocol/errorCodes.ts\`; a test holds both equal.

| code | what it says |
|---|---|
${rows.join("\n")}
`;
}
