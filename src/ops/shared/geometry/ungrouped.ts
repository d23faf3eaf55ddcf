// The geometry options of operations that have no option `groups`. Shared by the engine and the reference.
import type { GeometryOptions } from "../../../problem/problem.ts";

export type UngroupedOptions = Omit<GeometryOptions, "groups">;

/** The names in UngroupedOptions. */
export const UNGROUPED_KEYS = ["stride", "dilation", "padding", "paddingMode", "paddingValue", "mode"] as const;
