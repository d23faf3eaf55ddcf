// What instructions a compiled kernel consists of, counted in the same terms for AMD's and Intel's assembly.

/** Instructions by what they keep busy, of a stretch of code as one lane runs it. */
export interface Counts {
  /** Multiply-adds. */
  fma: number;
  /** Instructions that share the vector unit with the multiply-adds. */
  otherAlu: number;
  /** Loads from storage buffers, and how many numbers of 32 bits each lane gets by them. */
  loads: number;
  loadedNumbers: number;
  stores: number;
  /** Loads from workgroup memory, and how many numbers of 32 bits each lane gets by them. */
  sharedLoads: number;
  sharedLoadedNumbers: number;
  sharedStores: number;
  barriers: number;
}

/** One instruction: what it counts as (nothing for waits, branches and scalar arithmetic), and how often or how many numbers it moves. */
export interface Instruction {
  readonly kind?: "fma" | "otherAlu" | "load" | "store" | "sharedLoad" | "sharedStore" | "barrier";
  /** Operations that one instruction issues at once. */
  readonly operations?: number;
  /** Numbers of 32 bits that a lane loads. */
  readonly numbers?: number;
}

/** A loop by its first and last instruction. */
export interface Loop {
  readonly first: number;
  readonly last: number;
}

/** What the multiply-adds of a kernel cost: its hottest innermost loop, or all of it if it has none. */
export interface Hot {
  readonly counts: Counts;
  readonly isLoop: boolean;
}

function tally(instructions: readonly Instruction[]): Counts {
  const of = (kind: Instruction["kind"]): readonly Instruction[] => instructions.filter((one) => one.kind === kind);
  const sum = (list: readonly Instruction[], name: "operations" | "numbers"): number =>
    list.reduce((total, one) => total + (one[name] ?? 1), 0);
  const [loads, sharedLoads] = [of("load"), of("sharedLoad")];
  return {
    fma: sum(of("fma"), "operations"),
    otherAlu: of("otherAlu").length,
    loads: loads.length,
    loadedNumbers: sum(loads, "numbers"),
    stores: of("store").length,
    sharedLoads: sharedLoads.length,
    sharedLoadedNumbers: sum(sharedLoads, "numbers"),
    sharedStores: of("sharedStore").length,
    barriers: of("barrier").length,
  };
}

/** Orders stretches of code by their multiply-adds, then by their loads. */
function heat({ fma, loads, sharedLoads }: Counts): number {
  return fma * 1e3 + loads + sharedLoads;
}

/** Counts a turn of the loop that has most of the multiply-adds (else of the loads) among those without loops inside. */
export function hottest(instructions: readonly Instruction[], loops: readonly Loop[]): Hot {
  const isInside = (inner: Loop, outer: Loop): boolean =>
    inner !== outer &&
    inner.first >= outer.first &&
    inner.last <= outer.last &&
    (inner.first > outer.first || inner.last < outer.last);
  const innermost = loops.filter((outer) => !loops.some((inner) => isInside(inner, outer)));
  const [hot] = innermost
    .map(({ first, last }) => tally(instructions.slice(first, last + 1)))
    .toSorted((a, b) => heat(b) - heat(a));
  return hot && heat(hot) > 0 ? { counts: hot, isLoop: true } : { counts: tally(instructions), isLoop: false };
}
