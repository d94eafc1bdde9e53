import { AnswerCache, openEngine, openProgram } from "../node/engine";
import type { Engine } from "../node/engine/types";
import type { NodeStore, StateTransition } from "../protocol/types";

/** Opens the program, and the engine where the actor builds blocks or answers calls, over the actor's own nodes. */
export type OpenExecution = (nodes: NodeStore) => Execution;

export interface Execution {
  program: StateTransition;
  engine?: Engine;
  /** Where both look up recovered senders; a pool that has recovered one already notes it there. */
  answers?: AnswerCache;
}

/** The program and an engine over an actor's own nodes, with one memory of recovered senders. */
export const openExecution: OpenExecution = (nodes) => {
  const answers = new AnswerCache();
  return {
    program: openProgram({ nodes, precompileAnswers: answers }),
    engine: openEngine({ nodes, precompileAnswers: answers }),
    answers,
  };
};
