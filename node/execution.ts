import type { OpenExecution } from "./core";
import { openEngine, openProgram } from "./engine";

/** Program and engine over an actor's own nodes, with one memory of recovered senders. */
export const openExecution: OpenExecution = (nodes) => ({
  program: openProgram({ nodes }),
  engine: openEngine({ nodes }),
});
