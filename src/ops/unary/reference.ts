// CPU reference of the functions of one number and of their gradients, in float64.
import { erf as errorFunction } from "../../reference/erf.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { checkElements, combined } from "../shared/reference/broadcast.ts";

/** `sqrt` of convoke/ops, in float64. */
export function sqrt(x: NdArray): Float64NdArray {
  return combined({ x }, Math.sqrt);
}

/** `sqrtBackward` of convoke/ops, in float64. */
export function sqrtBackward(dy: NdArray, x: NdArray): Float64NdArray {
  return through(dy, x, (v) => 0.5 / Math.sqrt(v));
}

/** `exp` of convoke/ops, in float64. */
export function exp(x: NdArray): Float64NdArray {
  return combined({ x }, Math.exp);
}

/** `expBackward` of convoke/ops, in float64. */
export function expBackward(dy: NdArray, x: NdArray): Float64NdArray {
  return through(dy, x, Math.exp);
}

/** `log` of convoke/ops, in float64. */
export function log(x: NdArray): Float64NdArray {
  return combined({ x }, Math.log);
}

/** `logBackward` of convoke/ops, in float64. */
export function logBackward(dy: NdArray, x: NdArray): Float64NdArray {
  return through(dy, x, (v) => 1 / v);
}

/** `abs` of convoke/ops, in float64. */
export function abs(x: NdArray): Float64NdArray {
  return combined({ x }, Math.abs);
}

/** `absBackward` of convoke/ops, in float64. */
export function absBackward(dy: NdArray, x: NdArray): Float64NdArray {
  return through(dy, x, Math.sign);
}

/** `negate` of convoke/ops, in float64. */
export function negate(x: NdArray): Float64NdArray {
  return combined({ x }, (v) => -v);
}

/** `reciprocal` of convoke/ops, in float64. */
export function reciprocal(x: NdArray): Float64NdArray {
  return combined({ x }, (v) => 1 / v);
}

/** `reciprocalBackward` of convoke/ops, in float64. */
export function reciprocalBackward(dy: NdArray, x: NdArray): Float64NdArray {
  return through(dy, x, (v) => -1 / v / v);
}

/** `floor` of convoke/ops, in float64. */
export function floor(x: NdArray): Float64NdArray {
  return combined({ x }, Math.floor);
}

/** `ceil` of convoke/ops, in float64. */
export function ceil(x: NdArray): Float64NdArray {
  return combined({ x }, Math.ceil);
}

/** `round` of convoke/ops, in float64: ties to even. */
export function round(x: NdArray): Float64NdArray {
  return combined({ x }, (v) => {
    const low = Math.floor(v);
    const rest = v - low;
    return rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low;
  });
}

/** `sign` of convoke/ops, in float64. */
export function sign(x: NdArray): Float64NdArray {
  return combined({ x }, Math.sign);
}

/** `erf` of convoke/ops, in float64. */
export function erf(x: NdArray): Float64NdArray {
  return combined({ x }, errorFunction);
}

/** `erfBackward` of convoke/ops, in float64. */
export function erfBackward(dy: NdArray, x: NdArray): Float64NdArray {
  return through(dy, x, (v) => (2 / Math.sqrt(Math.PI)) * Math.exp(-v * v));
}

function through(dy: NdArray, x: NdArray, derivative: (v: number) => number): Float64NdArray {
  checkShapeIs("x", checkElements("x", x).shape, checkElements("dy", dy).shape);
  return combined({ dy, x }, (one, v) => one * derivative(v));
}
