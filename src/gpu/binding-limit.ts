// The binding limit: a tensor, and each range of a workspace, has to fit in one storage binding.
import { refuse, words } from "../base/error.ts";
import type { GpuContext } from "./context.ts";

/** Largest size in bytes of one storage binding of a device. */
export function maxBindingBytes({ limits }: GPUDevice): number {
  return Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
}

/** @throws ConvError `too-large` if an argument takes more bytes than one binding of the device */
export function checkBinding({ device }: GpuContext, argument: string, bytes: number, shape?: readonly number[]): void {
  const most = maxBindingBytes(device);
  if (bytes <= most) return;
  const got = shape ? `[${shape.join(", ")}], ${bytes} bytes` : `${bytes} bytes`;
  refuse("too-large", argument, words(got), `at most ${most} bytes, the largest binding of this device`);
}
