// The `// @unroll` directive: the `for` loop after it is written out, its variable replaced by each value. Register tiles are
// arrays indexed by constants in such code, which no compiler here makes of a loop by itself (10x on one adapter). A shader
// stays valid WGSL without the directive.
import { evaluate } from "./expression.ts";

const DIRECTIVE =
  /\/\/ @unroll\s*\n\s*for\s*\(var (\w+)\s*=\s*([^;]+);\s*\1\s*<\s*([^;]+);\s*\1(?:\+\+|\s*\+=\s*([^)]+))\)\s*\{/;

/** Beyond this a loop was meant to stay one: an unrolled body of this many copies is a mistake in a tile size. */
const MAX_COPIES = 1024;

/** Writes out every marked loop of a WGSL text whose constants are all in it. */
export function unroll(source: string): string {
  const lookup = constantsOf(source);
  const expand = (text: string): string => {
    const match = DIRECTIVE.exec(text);
    if (!match) {
      if (text.includes("// @unroll")) throw new Error(`@unroll is not followed by a loop it can write out:\n${text}`);
      return text;
    }
    const [whole, name, start, end, increment] = match as unknown as [string, string, string, string, string?];
    const from = match.index + whole.length;
    const to = closingBrace(text, from);
    const body = text.slice(from, to);
    const first = evaluate(start, lookup);
    const last = evaluate(end, lookup);
    const step = increment === undefined ? 1 : evaluate(increment, lookup);
    const suffix = start.trim().endsWith("u") || /[A-Z]/.test(start) ? "u" : "";
    if (step < 1 || (last - first) / step > MAX_COPIES)
      throw new Error(`@unroll of ${name} from ${first} to ${last} by ${step}`);
    const variable = new RegExp(`\\b${name}\\b`, "g");
    let copies = "";
    for (let value = first; value < last; value += step) copies += `{${body.replace(variable, `${value}${suffix}`)}}\n`;
    // Nested loops stand in the copies; the loop variable may be part of their bounds, so they are written out afterwards.
    return text.slice(0, match.index) + expand(copies) + expand(text.slice(to + 1));
  };
  return expand(source);
}

/** Looks up `const NAME = expression;` of the source, evaluated when first asked for. */
function constantsOf(source: string): (name: string) => number {
  const expressions = new Map<string, string>();
  for (const [, name, expression] of source.matchAll(/^const (\w+)\s*=\s*([^;]+);/gm))
    expressions.set(name!, expression!);
  const values = new Map<string, number>();
  const lookup = (name: string): number => {
    let value = values.get(name);
    if (value === undefined) {
      const expression = expressions.get(name);
      if (expression === undefined) throw new Error(`an unrolled loop is bounded by ${name}, which is no constant`);
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
