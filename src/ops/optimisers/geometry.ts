// The numbers of optimiser steps, checked: what the engine and the reference share.
import { refuse, words } from "../../base/error.ts";
import { checkBoolean, checkFinite, checkInteger } from "../../base/validate.ts";

export interface SgdNumbers {
  learningRate: number;
  /** How much of the velocity is kept, 0 unless given. */
  momentum?: number;
  /** What is added to the gradient, times the weights (L2 regularisation); 0 unless given. */
  weightDecay?: number;
  /** Nesterov's momentum, false unless given. */
  nesterov?: boolean;
}

export interface AdamNumbers {
  learningRate: number;
  /** How much of the mean of the gradients is kept, 0.9 unless given. */
  beta1?: number;
  /** How much of the mean of their squares is kept, 0.999 unless given. */
  beta2?: number;
  /** Added to the root of the mean of the squares, 1e-8 unless given. */
  epsilon?: number;
  /** 0 unless given. */
  weightDecay?: number;
  /** Whether the decay acts on the weights by itself instead of through the gradient (AdamW), false unless given. */
  decoupled?: boolean;
  /** Which step it is, the first being 1: what the means are corrected by. */
  step: number;
}

export const SGD_KEYS = ["learningRate", "momentum", "weightDecay", "nesterov"];
export const ADAM_KEYS = ["learningRate", "beta1", "beta2", "epsilon", "weightDecay", "decoupled", "step"];

/** A finite number of at least 0. */
function checkAmount(argument: string, value: unknown): number {
  const amount = checkFinite(argument, value);
  if (amount < 0) refuse("invalid-argument", argument, value, "a number of at least 0");
  return amount;
}

/** How much of something is kept: from 0 to below 1. */
function checkShare(argument: string, value: unknown): number {
  const share = checkAmount(argument, value);
  if (share >= 1) refuse("invalid-argument", argument, value, "a number from 0 to below 1");
  return share;
}

/** The numbers of a step of stochastic gradient descent. */
export function sgdNumbers(options: SgdNumbers, hasVelocity: boolean): Required<SgdNumbers> {
  const learningRate = checkAmount("learningRate", options.learningRate);
  const momentum = checkAmount("momentum", options.momentum ?? 0);
  const weightDecay = checkAmount("weightDecay", options.weightDecay ?? 0);
  const nesterov = checkBoolean("nesterov", options.nesterov ?? false);
  if (options.momentum !== undefined && !hasVelocity)
    refuse(
      "invalid-argument",
      "velocity",
      undefined,
      "a tensor like w, zeros before the first step: momentum needs it",
    );
  if (options.momentum === undefined && hasVelocity)
    refuse("invalid-argument", "velocity", words("a tensor"), "none where no momentum is given");
  if (nesterov && momentum === 0) refuse("invalid-argument", "nesterov", true, "false where there is no momentum");
  return { learningRate, momentum, weightDecay, nesterov };
}

/** The numbers of a step of Adam. */
export function adamNumbers(options: AdamNumbers): Required<AdamNumbers> {
  return {
    learningRate: checkAmount("learningRate", options.learningRate),
    beta1: checkShare("beta1", options.beta1 ?? 0.9),
    beta2: checkShare("beta2", options.beta2 ?? 0.999),
    epsilon: checkAmount("epsilon", options.epsilon ?? 1e-8),
    weightDecay: checkAmount("weightDecay", options.weightDecay ?? 0),
    decoupled: checkBoolean("decoupled", options.decoupled ?? false),
    step: checkInteger("step", options.step, 1),
  };
}
