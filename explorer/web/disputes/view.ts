import type { ComponentType } from "preact";
import type { Place } from "../router";

/** One game as the page shows it. Another game joins by another entry in `VIEWS`; nothing else on the page knows one. */
export interface DisputeView {
  /** The assertion tree, with what is in dispute. */
  List: ComponentType;
  /** One dispute; `place.parts[1]` names it: the place of its assertions. */
  Dispute: ComponentType<{ place: Place }>;
}
