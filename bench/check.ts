// When a result counts as wrong: ours and a peer's alike.
import type { Result } from "./protocol.ts";

/** Whether a result is further from what it should be than its bound allows. */
export function isWrong({ check }: Pick<Result, "check">): boolean {
  return check !== undefined && !(check.error <= check.bound);
}
