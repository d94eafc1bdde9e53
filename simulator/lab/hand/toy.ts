import { labelOf, type Commitment } from "../games/history";

/** Heights of the toy game: four runs of four steps. */
export const TOY_HEIGHTS: readonly [number, number] = [2, 2];
export const RUNS = 2 ** TOY_HEIGHTS[0];
export const RUN_STEPS = 2 ** TOY_HEIGHTS[1];

/** What the toy program does, in words. */
export const TOY_PROGRAM = "n -> n + 1, from 0: sixteen steps in four runs of four";
/** How far a false state is from the true one. */
const OFF = 100;

/** The program's true state after so many steps. */
export const toyState = (steps: number): number => steps;

/** Where a lie begins: from this step of this run on, and from the end of that run on, all states are false. */
export interface ToyLie {
  run: number;
  step: number;
}

/** A commitment that lies from there on. @param salt - Which of the lies it is. */
export function toyLie({ run, step }: ToyLie, salt: number): Commitment {
  return {
    wrong: [
      { salt, from: run, until: RUNS },
      { salt, from: step, until: RUN_STEPS },
    ],
    detour: [
      { salt: 0, from: 0, until: 0 },
      { salt: 0, from: 0, until: 0 },
    ],
  };
}

/**
 * All sixteen states that a commitment claims, in order.
 * Behind its first false run everything is false; inside a true run everything is as its detour says.
 */
export function claimedStates({ wrong, detour }: Commitment): number[] {
  return Array.from({ length: RUNS * RUN_STEPS }, (_, at) => {
    const [run, step] = [Math.floor(at / RUN_STEPS), at % RUN_STEPS];
    const label = labelOf(wrong[0], run, 1);
    const isBehind = label !== 0 && run > wrong[0].from;
    const inside = label === 0 ? labelOf(detour[1], step, 1) : labelOf(wrong[1], step, 1);
    return toyState(at + 1) + OFF * (isBehind ? label : inside);
  });
}
