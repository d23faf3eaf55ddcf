// The activations and their derivatives in float64, by the formulas of src/problem/activation.ts. All of them map NaN to NaN; at -Infinity
// silu, gelu and hard-swish are NaN, as their formulas are (infinity times zero).
import type { Activation } from "../problem/activation.ts";
import { erfc } from "./erf.ts";

interface Formula {
  value(v: number, parameter: number): number;
  derivative(v: number, parameter: number): number;
}

function sigmoid(v: number): number {
  return 1 / (1 + Math.exp(-v));
}

/** The normal distribution function (1 + erf(v / sqrt 2)) / 2, through erfc so that its lower tail keeps its digits. */
function normalCdf(v: number): number {
  return erfc(-v * Math.SQRT1_2) / 2;
}

const FORMULAS: Record<Activation["name"], Formula> = {
  none: { value: (v) => v, derivative: () => 1 },
  relu: { value: (v) => Math.max(v, 0), derivative: (v) => (v > 0 ? 1 : 0) },
  relu6: { value: (v) => Math.min(Math.max(v, 0), 6), derivative: (v) => (v > 0 && v < 6 ? 1 : 0) },
  "leaky-relu": { value: (v, slope) => (v >= 0 ? v : slope * v), derivative: (v, slope) => (v > 0 ? 1 : slope) },
  sigmoid: { value: sigmoid, derivative: (v) => sigmoid(v) * sigmoid(-v) },
  tanh: { value: Math.tanh, derivative: (v) => 1 / Math.cosh(v) ** 2 },
  silu: { value: (v) => v * sigmoid(v), derivative: (v) => sigmoid(v) * (1 + v * sigmoid(-v)) },
  gelu: {
    value: (v) => v * normalCdf(v),
    derivative: (v) => normalCdf(v) + (v * Math.exp((-v * v) / 2)) / Math.sqrt(2 * Math.PI),
  },
  elu: {
    value: (v, alpha) => (v >= 0 ? v : alpha * Math.expm1(v)),
    derivative: (v, alpha) => (v > 0 ? 1 : alpha * Math.exp(v)),
  },
  "hard-swish": {
    value: (v) => (v * Math.min(Math.max(v + 3, 0), 6)) / 6,
    derivative: (v) => {
      if (v <= -3) return 0;
      return v < 3 ? (2 * v + 3) / 6 : 1;
    },
  },
};

/** The activation of a value. */
export function activationValue({ name, parameter }: Activation, value: number): number {
  return FORMULAS[name].value(value, parameter);
}

/**
 * The derivative of the activation at a value (the sum before it, not its result). At a corner it is that of the side that PyTorch
 * takes: relu'(0) = 0, relu6'(0) = relu6'(6) = 0, leaky-relu'(0) = slope, elu'(0) = alpha, hard-swish'(-3) = 0 and
 * hard-swish'(3) = 1 (PyTorch 1.13 and other old versions have -1/2 and 3/2 there).
 */
export function activationDerivative({ name, parameter }: Activation, value: number): number {
  return Number.isNaN(value) ? value : FORMULAS[name].derivative(value, parameter);
}
