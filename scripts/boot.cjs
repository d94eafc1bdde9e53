// `node scripts/boot.cjs NAME ...` runs scripts/NAME.ts: out of its bundle where that is the sources' as they are now, else as TypeScript.
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { freshFolder } = require("../devnet/bundles/fresh.cjs");

const [name] = process.argv.splice(2, 1);
const folder = freshFolder(join(__dirname, ".."));
const bundle = folder === null ? null : join(folder, `scripts.${name}.js`);
if (bundle !== null && existsSync(bundle)) {
  process.setSourceMapsEnabled(true);
  require(bundle);
} else {
  require("tsx/cjs");
  require(join(__dirname, `${name}.ts`));
}
