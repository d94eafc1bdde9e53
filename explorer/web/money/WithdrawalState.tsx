import type { WithdrawalStatus } from "../../../client/settle";
import { duration } from "../format";
import { useL1Seconds } from "../live";
import { Badge } from "../parts/parts";

/** Where a withdrawal is, in words, with the time to come. */
export function WithdrawalState({ status, coveredAt }: { status: WithdrawalStatus; coveredAt: number | null }) {
  const now = useL1Seconds();
  switch (status.state) {
    case "waiting-for-assertion": {
      const left = now === null || coveredAt === null ? null : coveredAt - now;
      const when =
        left === null ? "" : left > 0 ? `, usually there in ${duration(left)}` : ", usually there any moment";
      return <Badge kind="plain">waits for an assertion that covers it{when}</Badge>;
    }
    case "ready-to-prove":
      return <Badge kind="open">can be proven on L1 now</Badge>;
    case "in-challenge-period": {
      const left = now === null ? null : status.expectedAt - now;
      const when = left === null ? "" : left > 0 ? `; paid in ${duration(left)} at the earliest` : "; any moment";
      return (
        <Badge kind="plain">
          {status.isRivalled ? "proven under an assertion in dispute" : "proven; challenge period runs"}
          {when}
        </Badge>
      );
    }
    case "ready-to-finalize":
      return <Badge kind="open">can be paid now</Badge>;
    case "held": {
      const left = now === null ? null : status.until - now;
      return (
        <Badge kind="plain">
          held by the brake{left !== null && left > 0 && `; paid in ${duration(left)} at most`}
        </Badge>
      );
    }
    case "finalized":
      return <Badge kind="good">paid</Badge>;
  }
}
