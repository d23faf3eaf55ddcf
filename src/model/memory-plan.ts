// Memory plan: where each value lies while it lives, in few buffers that values share by turns.
//
// WebGPU binds no buffer both to be written and only to be read in one dispatch, even in ranges apart. So what a step writes and what it reads lie
// in different buffers, unless that takes much more memory: then they may share one, and the step has to bind what it reads as writable too, which
// is slower on some GPUs. Within that, values are placed one by one, each where it adds least to the sum of the buffers' sizes, in several orders of
// which the best is taken (Pisarchyk and Lee, "Efficient memory management for deep neural net inference", 2020, section 5: greedy by size).

/** A value to place. */
export interface Lifetime {
  /** A multiple of `ALIGNMENT`. */
  readonly bytes: number;
  /** The step that writes it, and the last that reads or writes it. */
  readonly first: number;
  readonly last: number;
  /** The values that may not lie in the same buffer, by index. */
  readonly apart: readonly number[];
  /** The values that should not. */
  readonly rather: readonly number[];
}

export interface Place {
  readonly buffer: number;
  readonly offset: number;
}

export interface MemoryPlan {
  /** The size of each buffer. */
  readonly buffers: readonly number[];
  /** The place of each value. */
  readonly places: readonly Place[];
  readonly bytes: number;
}

/** Rounds of the search after the fixed orders. */
const ROUNDS = 60;

/** A plan within this ratio of the lower bound is not improved. */
const GOOD = 1.01;

/** A plan within this ratio of the lower bound is taken, even if values that should be apart could share buffers for less. */
const FAIR = 1.05;

/** The largest sum of values that live at once: no plan is smaller. */
export function largestLive(values: readonly Lifetime[]): number {
  return Math.max(0, ...liveSums(values));
}

/** The sum of live values at each step. */
function liveSums(values: readonly Lifetime[]): number[] {
  const steps = values.reduce((most, { last }) => Math.max(most, last + 1), 0);
  const changes = Array.from({ length: steps + 1 }, () => 0);
  for (const { bytes, first, last } of values) {
    changes[first]! += bytes;
    changes[last + 1]! -= bytes;
  }
  let sum = 0;
  return changes.slice(0, steps).map((change) => (sum += change));
}

/**
 * Places values in buffers of at most `most` bytes.
 * @throws RangeError if a value is larger than that
 */
export function planMemory(values: readonly Lifetime[], most = Infinity): MemoryPlan {
  const too = values.find(({ bytes }) => bytes > most);
  if (too) throw new RangeError(`a value of ${too.bytes} bytes in buffers of ${most}`);
  const bound = largestLive(values);
  const strict = bestPlan(
    values.map(({ apart, rather, ...value }) => ({ ...value, rather: [], apart: [...apart, ...rather] })),
    bound,
    most,
  );
  if (strict.bytes <= bound * FAIR) return strict;
  const shared = bestPlan(values, bound, most);
  return shared.bytes < strict.bytes ? shared : strict;
}

/** Tries orders until a plan is good. */
function bestPlan(values: readonly Lifetime[], bound: number, most: number): MemoryPlan {
  let best: MemoryPlan | undefined;
  let bestOrder: readonly number[] = [];
  const attempt = (order: readonly number[]): void => {
    // Of equal plans the last is taken: the fewer the buffers, the more steps bind theirs alike.
    for (const joins of [false, true]) {
      const plan = placed(values, order, joins, most);
      if (best && best.bytes < plan.bytes) continue;
      best = plan;
      bestOrder = order;
    }
  };
  for (const order of orders(values)) attempt(order);
  const random = generator();
  for (let round = 0; round < ROUNDS && best!.bytes > bound * GOOD; round++) attempt(moved(bestOrder, random));
  return best!;
}

/** Orders to place values in: those that leave the least choice first. */
function orders(values: readonly Lifetime[]): number[][] {
  const indices = values.map((_, index) => index);
  const by = (rank: (index: number) => number): number[] => indices.toSorted((a, b) => rank(b) - rank(a));
  const sums = liveSums(values);
  // The largest sum while it lives: what decides the size of the whole comes first.
  const pressure = values.map(({ first, last }) => Math.max(...sums.slice(first, last + 1)));
  const total = Math.max(1, ...pressure) * 2;
  return [
    by((index) => values[index]!.bytes),
    by((index) => values[index]!.bytes * (values[index]!.last - values[index]!.first + 1)),
    by((index) => pressure[index]! * total + values[index]!.bytes),
    by((index) => -values[index]!.first),
    by((index) => values[index]!.last),
  ];
}

/** Moves some values to the front of an order. */
function moved(order: readonly number[], random: () => number): number[] {
  const next = [...order];
  const count = 1 + Math.floor(random() * 3);
  for (let turn = 0; turn < count; turn++) {
    const from = Math.floor(random() * next.length);
    const [value] = next.splice(from, 1);
    next.splice(Math.floor(random() * (from + 1)), 0, value!);
  }
  return next;
}

/** Numbers from 0 to 1, the same for every plan (Marsaglia's xorshift). */
function generator(): () => number {
  let state = 2463534242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

interface Buffer {
  size: number;
  /** Values in it, by offset. */
  readonly held: { readonly index: number; readonly offset: number }[];
}

/**
 * Places values one by one in an order.
 * @param joins whether a value that adds its own size wherever it lies goes to the end of a buffer, instead of into one of its own
 */
function placed(values: readonly Lifetime[], order: readonly number[], joins: boolean, most: number): MemoryPlan {
  const buffers: Buffer[] = [];
  const places: Place[] = [];
  for (const index of order) {
    const value = values[index]!;
    // A buffer of its own, unless another grows by less.
    let chosen = { buffer: buffers.length, offset: 0, growth: value.bytes, waste: joins ? Infinity : 0 };
    const forbidden = new Set(value.apart.map((other) => places[other]?.buffer));
    for (const [at, buffer] of buffers.entries()) {
      if (forbidden.has(at)) continue;
      const { offset, waste } = gapFor(values, buffer, value);
      const growth = Math.max(0, offset + value.bytes - buffer.size);
      if (offset + value.bytes > most) continue;
      if (growth < chosen.growth || (growth === chosen.growth && waste < chosen.waste))
        chosen = { buffer: at, offset, growth, waste };
    }
    const { buffer, offset } = chosen;
    places[index] = { buffer, offset };
    buffers[buffer] ??= { size: 0, held: [] };
    const { held } = buffers[buffer];
    buffers[buffer].size = Math.max(buffers[buffer].size, offset + value.bytes);
    const after = held.findIndex((one) => one.offset > offset);
    held.splice(after < 0 ? held.length : after, 0, { index, offset });
  }
  const sizes = buffers.map(({ size }) => size);
  return { buffers: sizes, places, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The smallest gap for a value between those that live with it, or the end; `waste` is what stays free there. */
function gapFor(values: readonly Lifetime[], { size, held }: Buffer, value: Lifetime) {
  let end = 0;
  let best = { offset: -1, waste: Infinity };
  const consider = (next: number): void => {
    const waste = next - end - value.bytes;
    if (waste >= 0 && waste < best.waste) best = { offset: end, waste };
  };
  for (const { index, offset } of held) {
    const other = values[index]!;
    if (other.last < value.first || other.first > value.last) continue;
    consider(offset);
    end = Math.max(end, offset + other.bytes);
  }
  consider(size);
  return best.offset < 0 ? { offset: end, waste: 0 } : best;
}
