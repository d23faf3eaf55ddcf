// Problems in both layouts.
import type { ConvDescriptor } from "../../src/index.ts";
import type { Layout } from "../../src/problem/problem.ts";

/** A problem that is given channels first, in a layout. */
export function inLayout(descriptor: ConvDescriptor, layout: Layout): ConvDescriptor {
  if (layout === "channels-first") return descriptor;
  const [N, C, ...spatial] = descriptor.inputShape as [number, number, ...number[]];
  const [K, groupC, ...kernel] = descriptor.kernelShape as [number, number, ...number[]];
  return { ...descriptor, layout, inputShape: [N, ...spatial, C], kernelShape: [...kernel, groupC, K] };
}
