// The `// @unroll` directive: replaces the `for` loop after it by one copy of its body for each value of its variable. Arrays of a register
// tile are then indexed by constants, which no tested compiler achieves from a loop by itself (10x on one adapter). A shader stays valid WGSL
// without the directive.
//
// `// @unroll unless compact` marks a loop whose arrays may lie in memory, such as one that stores the sums of a tile. In compact code it stays
// a loop: SwiftShader, where each load and store is a hundred instructions, compiles the products of 8 x 16 tiles in a third of the time.
// `// @unroll unless brief` marks one that runs much slower as a loop. It stays one in brief code alone, which the first calls run. In loops that
// stay, `const` becomes `let`, since it may depend on their variables.
//
// The text is parsed once into a tree of loops and written once, since this runs before the first call of every kernel.
import { evaluate } from "./expression.ts";

const DIRECTIVE = "// @unroll";

/** A directive and the head of its loop: the variable, its first value, its bound and its increment. */
const LOOP =
  /\/\/ @unroll(?: unless (compact|brief))?\s*\n\s*(for\s*\(var (\w+)\s*=\s*([^;]+);\s*\3\s*<\s*([^;]+);\s*\3(?:\+\+|\s*\+=\s*([^)]+))\)\s*\{)/y;

/** Most copies of a body: more indicate a mistake in a tile size. */
const MAX_COPIES = 1024;

/** Which marked loops are unrolled: all; those without `unless compact`; or those without any `unless`. */
export type Unrolling = "all" | "compact" | "brief";

/** Text split at the names of loop variables: the entries with an odd index are names. */
type Pieces = readonly string[];

interface Loop {
  readonly variable: string;
  readonly start: Pieces;
  readonly end: Pieces;
  /** What each iteration adds to the variable. */
  readonly step: Pieces;
  readonly body: readonly (Pieces | Loop)[];
}

/** Unrolls marked loops of a WGSL text, which must declare the constants in their bounds. */
export function unroll(source: string, unrolling: Unrolling = "all"): string {
  const constants = constantsOf(source);
  // Copies of a loop mostly have the same bounds.
  const known = new Map<string, number>();
  const integerOf: Evaluate = (expression) => {
    let value = known.get(expression);
    if (value === undefined) known.set(expression, (value = evaluate(expression, constants)));
    return value;
  };
  const out: string[] = [];
  write(parse(source, unrolling, 0, source.length, [], false), new Map(), integerOf, out);
  return out.join("");
}

/** Whether a loop stays one, by the kind of code that its directive names. */
function stays(unless: string | undefined, unrolling: Unrolling): boolean {
  return unrolling !== "all" && (unless === "compact" || unless === unrolling);
}

/**
 * The text from `from` to `to` as pieces and loops.
 * @param variables those of the unrolled loops around it
 * @param inLoop whether the innermost loop around it stays one
 */
function parse(
  source: string,
  unrolling: Unrolling,
  from: number,
  to: number,
  variables: readonly string[],
  inLoop: boolean,
): (Pieces | Loop)[] {
  // After a dot, the name of a variable is that of a struct member.
  const names = variables.length > 0 && new RegExp(`(?<![\\w.])(${variables.join("|")})\\b`);
  const piecesOf = (text: string): Pieces => (names ? text.split(names) : [text]);
  const codeOf = (text: string): Pieces => piecesOf(inLoop ? text.replace(/\bconst\b/g, "let") : text);
  const nodes: (Pieces | Loop)[] = [];
  for (let at = from; ;) {
    const found = source.indexOf(DIRECTIVE, at);
    const head = found < 0 || found >= to ? to : found;
    nodes.push(codeOf(source.slice(at, head)));
    if (head === to) return nodes;
    LOOP.lastIndex = head;
    const [whole, unless, loop, variable, start, end, increment] = LOOP.exec(source) ?? [];
    if (whole === undefined)
      throw new Error(`@unroll is not followed by a loop it can unroll:\n${source.slice(head, head + 200)}`);
    const inside = head + whole.length;
    const close = closingBrace(source, inside);
    at = close + 1;
    if (stays(unless, unrolling)) {
      nodes.push(piecesOf(loop!), ...parse(source, unrolling, inside, close, variables, true), ["}"]);
      continue;
    }
    nodes.push({
      variable: variable!,
      start: piecesOf(start!),
      end: piecesOf(end!),
      step: increment === undefined ? ["1"] : piecesOf(increment),
      body: parse(source, unrolling, inside, close, [...variables, variable!], false),
    });
  }
}

type Lookup = (name: string) => number;
type Evaluate = (expression: string) => number;

/** Appends the text of nodes, with `values` for the variables of the loops around them. */
function write(
  nodes: readonly (Pieces | Loop)[],
  values: ReadonlyMap<string, string>,
  integerOf: Evaluate,
  out: string[],
): void {
  for (const node of nodes) {
    if ("variable" in node) writeLoop(node, values, integerOf, out);
    else node.forEach((piece, index) => out.push(index % 2 === 0 ? piece : values.get(piece)!));
  }
}

function writeLoop(loop: Loop, around: ReadonlyMap<string, string>, integerOf: Evaluate, out: string[]): void {
  const textOf = (pieces: Pieces): string =>
    pieces.map((piece, index) => (index % 2 === 0 ? piece : around.get(piece)!)).join("");
  const start = textOf(loop.start);
  const first = integerOf(start);
  const last = integerOf(textOf(loop.end));
  const step = integerOf(textOf(loop.step));
  if (step < 1 || (last - first) / step > MAX_COPIES)
    throw new Error(`@unroll of ${loop.variable} from ${first} to ${last} by ${step}`);
  // Constants are u32 unless they are literals without a suffix.
  const suffix = start.trim().endsWith("u") || /[A-Z]/.test(start) ? "u" : "";
  const values = new Map(around);
  for (let value = first; value < last; value += step) {
    values.set(loop.variable, `${value}${suffix}`);
    out.push("{");
    write(loop.body, values, integerOf, out);
    out.push("}\n");
  }
}

/** Returns a lookup of `const NAME = expression;` in the source, which evaluates each expression on first use. */
function constantsOf(source: string): Lookup {
  const expressions = new Map<string, string>();
  for (const [, name, expression] of source.matchAll(/^const (\w+)\s*=\s*([^;]+);/gm))
    expressions.set(name!, expression!);
  const values = new Map<string, number>();
  const lookup = (name: string): number => {
    let value = values.get(name);
    if (value === undefined) {
      const expression = expressions.get(name);
      if (expression === undefined) throw new Error(`an unrolled loop is bounded by ${name}, which is not a constant`);
      value = evaluate(expression, lookup);
      values.set(name, value);
    }
    return value;
  };
  return lookup;
}

/** Position of the brace that closes the block whose inside begins at `from`. Comments hold no braces in shaders/. */
function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  throw new Error("an unrolled loop has no end");
}
