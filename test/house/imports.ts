import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

/** One import, followed through index files to the file that defines what is imported. Paths are relative to the root. */
export interface Arrow {
  from: string;
  to: string;
}

interface Named {
  /** Where the names come from, as written. */
  source: string;
  /** Name there and name here; null takes everything. */
  names: { there: string; here: string }[] | null;
  isExport: boolean;
}

/** Text of a file by its path, for files that exist. */
export type ReadSource = (path: string) => string | undefined;

/** Reads sources below a root, each once. */
export function sourcesBelow(root: string, paths: readonly string[]): ReadSource {
  const known = new Set(paths);
  const texts = new Map<string, string>();
  return (path) => {
    if (!known.has(path)) return undefined;
    let text = texts.get(path);
    if (text === undefined) texts.set(path, (text = readFileSync(join(root, path), "utf8")));
    return text;
  };
}

/**
 * All imports among the given TypeScript files, types and dynamic ones included. A name that an index file passes on counts as an
 * import of the file that defines it, and of the index file no longer.
 */
export function arrowsOf(paths: readonly string[], read: ReadSource): Arrow[] {
  const parsed = new Map<string, Named[]>();
  const namedOf = (path: string): Named[] => {
    let named = parsed.get(path);
    if (named === undefined) parsed.set(path, (named = parse(path, read(path)!)));
    return named;
  };
  const resolve = (from: string, source: string): string | undefined => {
    const base = normalize(join(dirname(from), source));
    return [base, `${base}.ts`, `${base}/index.ts`, `${base}.tsx`].find((path) => read(path) !== undefined);
  };
  const definers = (path: string, name: string, seen: Set<string>): string[] => {
    if (seen.has(path)) return [];
    seen.add(path);
    for (const { source, names, isExport } of namedOf(path)) {
      if (!isExport) continue;
      const next = resolve(path, source);
      if (next === undefined) continue;
      const hit = names?.find(({ here }) => here === name);
      if (hit !== undefined) return definers(next, hit.there, seen);
      if (names === null && exportsName(next, name)) return definers(next, name, seen);
    }
    return [path];
  };
  const exportsName = (path: string, name: string): boolean =>
    new RegExp(`\\bexport\\b[^;]*?\\b${name}\\b`).test(read(path)!) ||
    namedOf(path).some(({ source, names, isExport }) => {
      const next = isExport && names === null ? resolve(path, source) : undefined;
      return next !== undefined && exportsName(next, name);
    });
  const arrows = new Map<string, Arrow>();
  for (const from of paths)
    for (const { source, names } of namedOf(from)) {
      const direct = resolve(from, source);
      if (direct === undefined) continue;
      const targets = names === null ? [direct] : names.flatMap(({ there }) => definers(direct, there, new Set()));
      for (const to of targets) if (to !== from) arrows.set(`${from} ${to}`, { from, to });
    }
  return [...arrows.values()];
}

function parse(path: string, text: string): Named[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const found: Named[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const bindings = node.importClause?.namedBindings;
      const names =
        bindings !== undefined && ts.isNamedImports(bindings)
          ? bindings.elements.map(({ name, propertyName }) => pair(propertyName ?? name, name))
          : null;
      add(node.moduleSpecifier, node.importClause?.name === undefined ? names : null, false);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      const clause = node.exportClause;
      const names =
        clause !== undefined && ts.isNamedExports(clause)
          ? clause.elements.map(({ name, propertyName }) => pair(propertyName ?? name, name))
          : null;
      add(node.moduleSpecifier, names, true);
    } else if (ts.isCallExpression(node) && isLoading(node)) add(node.arguments[0], null, false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, null, false);
    ts.forEachChild(node, visit);
  };
  const add = (source: ts.Node, names: Named["names"], isExport: boolean): void => {
    if (ts.isStringLiteral(source) && source.text.startsWith(".")) found.push({ source: source.text, names, isExport });
  };
  visit(file);
  return found;
}

function pair(there: { text: string }, here: { text: string }): { there: string; here: string } {
  return { there: there.text, here: here.text };
}

/** `import("...")`, `require("...")`, `require.resolve("...")`. */
function isLoading({ expression, arguments: [first] }: ts.CallExpression): boolean {
  if (first === undefined) return false;
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(expression)) return expression.text === "require";
  return (
    ts.isPropertyAccessExpression(expression) &&
    ts.isIdentifier(expression.expression) &&
    expression.expression.text === "require"
  );
}

/** Groups of two or more that reach each other, each sorted. */
export function circlesOf(arrows: readonly Arrow[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of arrows) next.set(from, [...(next.get(from) ?? []), to]);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const to of next.get(node) ?? []) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(node, Math.min(low.get(node)!, low.get(to)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) circles.push(group.sort());
  };
  for (const node of next.keys()) if (!index.has(node)) visit(node);
  return circles;
}
