import type { OpenExecution } from "./core";
import { AnswerCache, openEngine, openProgram } from "../node/engine";

/** Program and engine over an actor's own nodes, with one memory of recovered senders. */
export const openExecution: OpenExecution = (nodes) => {
  const answers = new AnswerCache();
  return {
    program: openProgram({ nodes, precompileAnswers: answers }),
    engine: openEngine({ nodes, precompileAnswers: answers }),
    answers,
  };
};
