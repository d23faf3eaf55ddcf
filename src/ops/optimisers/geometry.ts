// Checks of the numbers of optimiser steps. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { checkBoolean, checkFinite, checkInteger } from "../../base/validate.ts";

/** The numbers of a step of stochastic gradient descent. */
export interface SgdNumbers {
  learningRate: number;
  /** The factor of the old velocity; 0 by default. */
  momentum?: number;
  /** The factor of the weights that are added to the gradient (L2 regularisation); 0 by default. */
  weightDecay?: number;
  /** Whether momentum is Nesterov's; false by default. */
  nesterov?: boolean;
}

/** The numbers of a step of Adam. */
export interface AdamNumbers {
  learningRate: number;
  /** The decay rate of the first moment; 0.9 by default. */
  beta1?: number;
  /** The decay rate of the second moment; 0.999 by default. */
  beta2?: number;
  /** Added to the square root of the second moment; 1e-8 by default. */
  epsilon?: number;
  /** The factor of weight decay; 0 by default. */
  weightDecay?: number;
  /** Whether weight decay acts on the weights directly instead of through the gradient (AdamW); false by default. */
  decoupled?: boolean;
  /** The number of the step, from 1, by which the bias of the moments is corrected. */
  step: number;
}

export const SGD_KEYS = ["learningRate", "momentum", "weightDecay", "nesterov"];
export const ADAM_KEYS = ["learningRate", "beta1", "beta2", "epsilon", "weightDecay", "decoupled", "step"];

/** Checks for a finite number of at least 0. */
function checkAmount(argument: string, value: unknown): number {
  const amount = checkFinite(argument, value);
  if (amount < 0) refuse("invalid-argument", argument, value, "a number of at least 0");
  return amount;
}

/** Checks for a number from 0 to below 1. */
function checkDecayRate(argument: string, value: unknown): number {
  const rate = checkAmount(argument, value);
  if (rate >= 1) refuse("invalid-argument", argument, value, "a number from 0 to below 1");
  return rate;
}

/** The numbers of a step of stochastic gradient descent, with defaults. */
export function sgdNumbers(options: SgdNumbers, hasVelocity: boolean): Required<SgdNumbers> {
  const learningRate = checkAmount("learningRate", options.learningRate);
  const momentum = checkAmount("momentum", options.momentum ?? 0);
  const weightDecay = checkAmount("weightDecay", options.weightDecay ?? 0);
  const nesterov = checkBoolean("nesterov", options.nesterov ?? false);
  if (momentum > 0 && !hasVelocity)
    refuse(
      "invalid-argument",
      "velocity",
      undefined,
      "a tensor like w, zeros before the first step: momentum needs it",
    );
  if (nesterov && momentum === 0) refuse("invalid-argument", "nesterov", true, "false where there is no momentum");
  return { learningRate, momentum, weightDecay, nesterov };
}

/** The numbers of a step of Adam, with defaults. */
export function adamNumbers(options: AdamNumbers): Required<AdamNumbers> {
  return {
    learningRate: checkAmount("learningRate", options.learningRate),
    beta1: checkDecayRate("beta1", options.beta1 ?? 0.9),
    beta2: checkDecayRate("beta2", options.beta2 ?? 0.999),
    epsilon: checkAmount("epsilon", options.epsilon ?? 1e-8),
    weightDecay: checkAmount("weightDecay", options.weightDecay ?? 0),
    decoupled: checkBoolean("decoupled", options.decoupled ?? false),
    step: checkInteger("step", options.step, 1),
  };
}
