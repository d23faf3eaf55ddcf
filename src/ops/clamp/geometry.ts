// The bounds of `clamp`, checked. Shared by the host and the reference.
import { checkFinite, checkOptions } from "../../base/validate.ts";

/** The options of `clamp` and its gradient. */
export interface ClampOptions {
  /** The lower bound. Default: -Infinity, which is none. */
  min?: number;
  /** The upper bound. Default: Infinity, which is none. */
  max?: number;
}

/** @throws ConvError naming the invalid option */
export function boundsOf(options: ClampOptions): { low: number; high: number } {
  checkOptions("options", options, ["min", "max"]);
  const { min = -Infinity, max = Infinity } = options;
  return {
    low: min === -Infinity ? min : checkFinite("min", min),
    high: max === Infinity ? max : checkFinite("max", max),
  };
}
