// A tape of what the layers of a network computed, played backwards for the gradients: on Convoke's tensors and on the arrays of its reference.
import { EPSILON, type LayerComputer, type Nonlinearity } from "./networks.ts";

interface Shaped {
  readonly shape: readonly number[];
}

interface Activated {
  activation?: Nonlinearity;
}

/** What a gradient passes back through: an activation, and what it computed. */
interface Through<T> extends Activated {
  output?: T;
}

interface Window {
  stride: number;
  padding: number;
  groups: number;
}

/** The operations of convoke and convoke/ops that the layers and their gradients consist of, on arrays T. */
export interface Operations<T extends Shaped> {
  conv(x: T, w: T, options: Window & Activated & { bias?: T }): T;
  convBackwardData(dy: T, w: T, options: Window & Through<T> & { inputShape: readonly number[] }): T;
  convBackwardWeights(x: T, dy: T, options: Window & Through<T> & { kernelShape: readonly number[] }): T;
  convBackwardBias(dy: T, options?: Through<T>): T;
  batchNormTraining(x: T, options: { scale: T; bias: T; epsilon: number }): { y: T; mean: T; inverseDeviation: T };
  batchNormBackward(dy: T, x: T, options: { mean: T; inverseDeviation: T; scale: T }): { dx: T; dscale: T; dbias: T };
  activate(x: T, activation: Nonlinearity): T;
  activateBackward(dy: T, options: { activation: Nonlinearity; output: T }): T;
  averagePool(x: T, options: { kernelSize: number }): T;
  averagePoolBackward(dy: T, options: { kernelSize: number; inputShape: readonly number[] }): T;
  globalAveragePool(x: T): T;
  globalAveragePoolBackward(dy: T, options: { inputShape: readonly number[] }): T;
  reshape(x: T, shape: readonly number[]): T;
  linear(x: T, w: T, options: Activated & { bias: T }): T;
  linearBackward(dy: T, x: T, w: T, options?: Through<T>): { dx: T; dw: T; db: T };
  add(a: T, b: T, options?: Activated): T;
  addBackward(dy: T, options?: Through<T>): { da: T; db: T };
  /** Frees an array that nothing needs any more. */
  free(one: T): void;
}

/** A trained array and its velocity, and in a step its gradient. */
export interface Learned<T> {
  value: T;
  velocity: T;
  gradient?: T;
}

/** An array of the forward pass, and in the backward pass its gradient: the sum over its uses. */
export interface Variable<T> {
  readonly value: T;
  /** Whether its gradient is wanted. */
  readonly wanted: boolean;
  gradient?: T;
}

/** Computes layers, and records how to go back. */
export class Tape<T extends Shaped> implements LayerComputer<Variable<T>, Learned<T>> {
  readonly #on: Operations<T>;
  readonly #backward: (() => void)[] = [];
  readonly #made: T[] = [];

  constructor(on: Operations<T>) {
    this.#on = on;
  }

  conv(...[input, layer, w, bias]: Parameters<LayerComputer<Variable<T>, Learned<T>>["conv"]>): Variable<T> {
    const { stride, padding, depthwise, activation } = layer;
    const x = input.value;
    const options = { stride, padding, groups: depthwise ? x.shape[1]! : 1 };
    const through = activation && { activation };
    const y = this.#variable(this.#on.conv(x, w.value, { ...options, ...through, ...(bias && { bias: bias.value }) }));
    return this.#record(y, (dy) => {
      const gradient = { ...options, ...(activation && { activation, output: y.value }) };
      w.gradient = this.#on.convBackwardWeights(x, dy, { ...gradient, kernelShape: w.value.shape });
      if (bias) bias.gradient = this.#on.convBackwardBias(dy, through && { ...through, output: y.value });
      if (input.wanted) this.#give(input, this.#on.convBackwardData(dy, w.value, { ...gradient, inputShape: x.shape }));
    });
  }

  norm(input: Variable<T>, scale: Learned<T>, bias: Learned<T>, activation: Nonlinearity | undefined): Variable<T> {
    const x = input.value;
    const affine = { scale: scale.value, bias: bias.value, epsilon: EPSILON };
    const { y, mean, inverseDeviation } = this.#on.batchNormTraining(x, affine);
    this.#made.push(mean, inverseDeviation);
    const normal = this.#record(this.#variable(y), (dy) => {
      const { dx, dscale, dbias } = this.#on.batchNormBackward(dy, x, { mean, inverseDeviation, scale: scale.value });
      [scale.gradient, bias.gradient] = [dscale, dbias];
      this.#give(input, dx);
    });
    if (!activation) return normal;
    const active = this.#variable(this.#on.activate(y, activation));
    return this.#record(active, (dy) =>
      this.#give(normal, this.#on.activateBackward(dy, { activation, output: active.value })),
    );
  }

  averagePool(input: Variable<T>): Variable<T> {
    const window = { kernelSize: 2 };
    const inputShape = input.value.shape;
    return this.#record(this.#variable(this.#on.averagePool(input.value, window)), (dy) =>
      this.#give(input, this.#on.averagePoolBackward(dy, { ...window, inputShape })),
    );
  }

  globalAveragePool(input: Variable<T>): Variable<T> {
    const inputShape = input.value.shape;
    const mean = this.#record(this.#variable(this.#on.globalAveragePool(input.value)), (dy) =>
      this.#give(input, this.#on.globalAveragePoolBackward(dy, { inputShape })),
    );
    return this.flatten(mean);
  }

  flatten(input: Variable<T>): Variable<T> {
    const inputShape = input.value.shape;
    const rows = this.#on.reshape(input.value, [inputShape[0]!, -1]);
    return this.#record(this.#variable(rows), (dy) => this.#give(input, this.#on.reshape(dy, inputShape)));
  }

  linear(input: Variable<T>, w: Learned<T>, bias: Learned<T>, activation: Nonlinearity | undefined): Variable<T> {
    const through = activation && { activation };
    const y = this.#variable(this.#on.linear(input.value, w.value, { bias: bias.value, ...through }));
    return this.#record(y, (dy) => {
      const gradient = through && { ...through, output: y.value };
      const { dx, dw, db } = this.#on.linearBackward(dy, input.value, w.value, gradient);
      [w.gradient, bias.gradient] = [dw, db];
      this.#give(input, dx);
    });
  }

  add(a: Variable<T>, b: Variable<T>, activation: Nonlinearity | undefined): Variable<T> {
    const through = activation && { activation };
    const sum = this.#variable(this.#on.add(a.value, b.value, through));
    return this.#record(sum, (dy) => {
      const { da, db } = this.#on.addBackward(dy, through && { ...through, output: sum.value });
      this.#give(a, da);
      this.#give(b, db);
    });
  }

  share(x: Variable<T>): Variable<T> {
    return x;
  }

  /** Computes all gradients from that of the result, and frees everything that was recorded. */
  play(result: Variable<T>, gradient: T): void {
    this.#give(result, gradient);
    for (const back of this.#backward.toReversed()) back();
    for (const one of this.#made) this.#on.free(one);
  }

  /** Adds a gradient, which the variable takes over. */
  #give(variable: Variable<T>, gradient: T): void {
    const { gradient: known } = variable;
    variable.gradient = known ? this.#on.add(known, gradient) : gradient;
    if (known) for (const one of [known, gradient]) this.#on.free(one);
  }

  #variable(value: T): Variable<T> {
    this.#made.push(value);
    return { value, wanted: true };
  }

  #record(result: Variable<T>, back: (dy: T) => void): Variable<T> {
    this.#backward.push(() => {
      const dy = result.gradient!;
      back(dy);
      this.#on.free(dy);
    });
    return result;
  }
}
