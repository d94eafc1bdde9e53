// Which bundles are those of the sources as they are now. Plain JavaScript: it is asked before anything can read TypeScript.
const { createHash } = require("node:crypto");
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

/** Of the manifest; another one is not read. */
const VERSION = 1;
/** Below the checkout's root. */
const FOLDER = join("build", "bundles");

/** SHA-256 of a file, hex; null where there is none. */
function hashOf(file) {
  return existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex") : null;
}

/** The folder of bundles whose sources are, byte for byte, those below the root; null where one of them changed, or nothing is built. */
function freshFolder(root) {
  const file = join(root, FOLDER, "manifest.json");
  if (!existsSync(file)) return null;
  const { version, folder, inputs } = JSON.parse(readFileSync(file, "utf8"));
  if (version !== VERSION || !existsSync(join(root, FOLDER, folder))) return null;
  const isFresh = Object.entries(inputs).every(([path, hash]) => hashOf(join(root, path)) === hash);
  return isFresh ? join(root, FOLDER, folder) : null;
}

module.exports = { FOLDER, VERSION, freshFolder, hashOf };
