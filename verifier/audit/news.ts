import type { Alert } from "./blockAuditor";

/** Names of what goes on: figures in their texts change while it is still the same. All else is told apart by its text. */
const GOES_ON: readonly string[] = ["short", "other-last-root"] satisfies Alert["name"][];

/** A finding, or a warning. */
interface News {
  name: string;
  asset?: string;
  text: string;
}

/** Tells what is new among alerts. What ended and came back is new again. */
export class AlertNews {
  private known = new Set<string>();

  /** @param alerts - All that there are now. @returns those that were not among the last ones, in their order. */
  take<T extends News>(alerts: readonly T[]): T[] {
    const before = this.known;
    this.known = new Set(alerts.map(keyOf));
    return alerts.filter((alert) => !before.has(keyOf(alert)));
  }
}

function keyOf({ name, asset, text }: News): string {
  return GOES_ON.includes(name) ? `${name} ${asset}` : text;
}
