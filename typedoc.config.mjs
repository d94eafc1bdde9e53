/** Headings of docs/ say their anchors themselves, as `{#id}`: links within docs/ and comments in the code name those. */
const ANCHOR = /\s*\{#([\w-]+)\}$/;

/** @param parser - TypeDoc's markdown-it. */
function anchorsOfHeadings(parser) {
  parser.core.ruler.push("anchors", ({ tokens }) => {
    for (const [i, token] of tokens.entries()) {
      const inline = tokens[i + 1];
      const found = token.type === "heading_open" ? ANCHOR.exec(inline.content) : null;
      if (found === null) continue;
      token.meta = { id: found[1] };
      const last = inline.children.at(-1);
      last.content = last.content.replace(ANCHOR, "");
    }
  });
  parser.renderer.rules.heading_open = (tokens, i, options, _env, self) => {
    const { meta } = tokens[i];
    if (meta?.id !== undefined) tokens[i].attrSet("id", meta.id);
    return self.renderToken(tokens, i, options);
  };
}

export default {
  name: "Solvent",
  entryPoints: [
    "protocol/index.ts",
    "vm/index.ts",
    "games/index.ts",
    "games/edges/index.ts",
    "client/index.ts",
    "stf/build/files.ts",
    "deployment/index.ts",
  ],
  projectDocuments: ["docs/*.md", "docs/spec/*.md", "docs/adr/*.md", "docs/workshop/*.md"],
  out: "build/docs",
  readme: "ARCHITECTURE.md",
  excludePrivate: true,
  excludeInternal: true,
  disableSources: true,
  // Types are checked by `npm run lint`.
  skipErrorChecking: true,
  // TypeDoc warns of anchors that it has not made itself.
  validation: { notExported: false, invalidLink: true, rewrittenLink: true },
  markdownItLoader: anchorsOfHeadings,
};
