import type { ComponentChildren } from "preact";
import type { Verdict } from "./history";

/** How a dispute ended, or that it goes on, in a sentence; its edge has the colour of that. */
export function VerdictLine({ by, children }: Pick<Verdict, "by"> & { children: ComponentChildren }) {
  const kind = by === null ? " open" : by === "frozen" ? " bad" : "";
  return (
    <p class={`verdict${kind}`} role="status">
      {children}
    </p>
  );
}
