import { Command, InvalidArgumentError } from "commander";
import { isErrorCode, SolventError } from "../protocol/errors";

/** Status of a bad argument or configuration. */
const BAD_ARGUMENT = 2;

/** A command's flags: `--help` starts nothing, and a bad flag ends with status 2 and one line. */
export function createCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .configureOutput({ outputError: (text, write) => write(`${name}: ${text.replace(/^error: /, "")}`) })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : BAD_ARGUMENT));
}

/**
 * Runs a command's main function. What goes wrong in operation is one line on standard error, a bug its stack; the status is 2 for a bad
 * configuration, 1 for the rest, and what `main` has set otherwise.
 */
export async function runCommand(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const isOperation = error instanceof SolventError;
    const text = isOperation
      ? `[${error.code}] ${error.message}`
      : error instanceof Error
        ? error.stack
        : String(error);
    process.stderr.write(`${name}: ${text}\n`);
    process.exitCode = isErrorCode(error, "config-invalid") ? BAD_ARGUMENT : 1;
  }
}

/** A flag's whole number. */
export function wholeNumber(least = 0, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Give a whole number ${range}.`);
  };
}

/** A port; 0 takes any free one. */
export const port = wholeNumber(0, 65_535);
