// A peer's page computes layers: the same values as Convoke, checked as Convoke's own results are, except for the bound.
import { distance } from "../../src/conv/find.ts";
import { type GroundTruth, groundTruth } from "../ground-truth.ts";
import { descriptorOf, problemOf } from "../layer.ts";
import { operandsOf } from "../operands.ts";
import type { Check } from "../protocol.ts";
import type { PeerResult, PeerWork } from "./protocol.ts";
import { forgetErrors, judged, startedPeer } from "./started.ts";

/**
 * The largest accepted error of a peer, relative to the largest value. Its method is unknown here, so there is no error bound: float32 by any
 * usual method errs by less than a tenth of this, half precision by ten times as much.
 */
const TOLERANCE = 1e-4;

function check(values: ArrayLike<number>, { expected, against }: GroundTruth): Check {
  if (values.length !== expected.length)
    throw new Error(`the result has ${values.length} elements, expected ${expected.length}`);
  let largest = 0;
  for (let at = 0; at < expected.length; at++) largest = Math.max(largest, Math.abs(expected[at]!));
  return { error: distance(values, expected), bound: TOLERANCE * largest, against };
}

/** Has the peer compute a layer, checks the result and, if that is right, times it. */
export async function measureLayer({ layer, pass, batch, samples }: PeerWork): Promise<PeerResult> {
  const { peer, engine, judge } = startedPeer();
  const descriptor = descriptorOf(layer, pass, { batch, layout: "channels-first", dtype: "f32" });
  const problem = problemOf(pass, descriptor);
  const supported = peer.supports(problem, pass);
  if (supported !== true) return { unsupported: supported };
  const operands = operandsOf(problem);
  forgetErrors();
  const begun = performance.now();
  const runner = await engine.prepare({ pass, problem, operands });
  try {
    return await judged(runner, begun, samples, async () =>
      check(await runner.read(), await groundTruth(judge, pass, descriptor, problem, operands)),
    );
  } finally {
    runner.dispose();
  }
}
