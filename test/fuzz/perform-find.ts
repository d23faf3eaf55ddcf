// Searches for the fastest way to compute a call. Everything found must satisfy the constraints, compute what `direct` does and decide "auto"
// afterwards; an aborted search leaves nothing behind.
import { ConvError, type FindProgress, type Found } from "../../src/index.ts";
import type { Outcome } from "./call.ts";
import type { FindCase } from "./case.ts";
import { type Work, Wrong, attempt, makersOf, refusalOf } from "./judge.ts";
import { JUNK, replaced } from "./junk.ts";
import { expectedOf } from "./oracle.ts";

function checkFound(
  found: readonly Found[],
  constraints: Readonly<Record<string, unknown>>,
  seen: readonly FindProgress[],
): void {
  const { algorithm, maxErrorGrowth = 256, maxWorkspaceBytes = Infinity } = constraints;
  const named = algorithm !== undefined && algorithm !== "auto";
  if (found.length === 0) throw new Wrong("find found nothing, and did not say so");
  let before = 0;
  for (const one of found) {
    const what = `find: ${one.algorithm} ${one.variant}`;
    if (one.failed !== undefined) throw new Wrong(`${what} failed: ${one.failed}`);
    const { milliseconds = one.notMeasured === undefined ? Number.NaN : Infinity } = one;
    if (!(milliseconds >= before)) throw new Wrong(`${what} took ${one.milliseconds} ms, and stands behind ${before}`);
    before = milliseconds;
    if (named && one.algorithm !== algorithm) throw new Wrong(`${what} is not the one named`);
    if (!named && one.errorGrowth > (maxErrorGrowth as number))
      throw new Wrong(`${what} has the growth ${one.errorGrowth}`);
    const bytes = one.workspaceBytes! + one.preparedBytes!;
    if (bytes > (maxWorkspaceBytes as number)) throw new Wrong(`${what} takes ${bytes} bytes`);
  }
  const turns = seen.map(({ done }) => done).join();
  const wanted = Array.from({ length: found.length + 1 }, (_, at) => at).join();
  if (turns !== wanted) throw new Wrong(`find told of [${turns}] of ${found.length}`);
}

export async function performFind(work: Work, one: FindCase): Promise<Outcome> {
  const { engine } = work;
  const { call, spoiled, abort } = one;
  const present = Object.fromEntries(Object.keys(call.tensors).map((name) => [name, name]));
  const expected = expectedOf(call, { ...call.options, ...present });
  if (expected instanceof ConvError) return { ended: "refused", code: expected.code };
  const { pass, descriptor } = expected;
  const seen: FindProgress[] = [];
  const controller = new AbortController();
  const reason = new Error("enough");
  const plain = {
    ...one.options,
    signal: controller.signal,
    progress: (progress: FindProgress) => {
      seen.push(progress);
      if (progress.done === abort) controller.abort(reason);
    },
  };
  const path = spoiled?.at.split(".").slice(1);
  const junk = spoiled && JUNK[spoiled.by]!(makersOf(work));
  const options = path ? replaced(plain, path, junk) : plain;
  try {
    let promise: Promise<Found[]>;
    try {
      promise = engine.find(pass, descriptor, options as FindCase["options"]);
    } catch (error) {
      throw new Wrong(`engine.find threw ${String(error)} instead of rejecting`);
    }
    const result = await attempt(() => promise);
    if ("error" in result) {
      if (result.error === reason && seen.at(-1)?.done === abort) {
        if (engine.tuning.size > 0) throw new Wrong("find kept what it was told to give up");
        return { ended: "refused", code: "given up" };
      }
      const refused = refusalOf(result);
      const named = one.options["algorithm"] !== undefined || one.options["maxWorkspaceBytes"] !== undefined;
      if (!spoiled && !(refused.code === "unsupported" && named))
        throw new Wrong(`engine.find refused what it should measure: ${refused.message}`);
      return { ended: "refused", code: refused.code };
    }
    if (spoiled) return { ended: "computed", algorithm: "engine.find" };
    const found = result.value;
    // Aborted at the end, when nothing was left to do.
    if (abort === undefined || abort > found.length) checkFound(found, one.options, seen);
    const plan = await engine.plan(pass, descriptor, one.options);
    const [best] = found;
    plan.destroy();
    if (plan.algorithm !== best!.algorithm || plan.variant !== best!.variant)
      throw new Wrong(
        `planned ${plan.algorithm} ${plan.variant} where find has ${best!.algorithm} ${best!.variant} first`,
      );
    return { ended: "computed", algorithm: "engine.find" };
  } finally {
    await engine.tuning.clear();
  }
}
