// Geometries worth a look, each one idea away from the first.
import type { Geometry } from "./geometry.ts";

/** The geometry that the page starts with. */
export const PLAIN: Geometry = {
  size: 6,
  kernel: 3,
  stride: 1,
  dilation: 1,
  padding: 1,
  mode: "zeros",
  transposed: false,
  channels: 1,
  groups: 1,
};

/** The presets by the names on the page's buttons. */
export const PRESETS: Readonly<Record<string, Geometry>> = {
  same: PLAIN,
  strided: { ...PLAIN, size: 7, stride: 2 },
  dilated: { ...PLAIN, size: 8, dilation: 2, padding: 2 },
  reflect: { ...PLAIN, kernel: 5, padding: 2, mode: "reflect" },
  grouped: { ...PLAIN, size: 4, channels: 4, groups: 2 },
  depthwise: { ...PLAIN, size: 4, channels: 4, groups: 4 },
  transposed: { ...PLAIN, size: 4, stride: 2, transposed: true },
};
