// MIGRATION
import type { Windows } from "./geometry/windows.ts";

export function windowWords({ kernel, stride, dilation, padBegin, padEnd }: Windows): number[] {
  return [...kernel, ...stride, ...dilation, ...padBegin, ...padEnd, 0];
}
