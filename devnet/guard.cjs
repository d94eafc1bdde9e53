// Runs a program that knows nothing of its parent, and ends it when the parent is gone: `guard.cjs COMMAND ARGS...`.
// Forwards SIGTERM and SIGINT, and the exit status.
const { spawn } = require("node:child_process");

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
const end = (signal) => {
  child.kill(signal);
  setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
};
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => end(signal));
process.on("disconnect", () => end("SIGTERM"));
child.once("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
child.once("exit", (code) => process.exit(code ?? 1));
