// Evaluates the integer constant expressions of WGSL that bound unrolled loops and size arrays: literals, names, + - * / %, min, max and
// parentheses. A small recursive-descent parser, so that no text is ever run as code.

/** Evaluates an expression; `lookup` gives the values of names. Division truncates, as in WGSL. */
export function evaluate(expression: string, lookup: (name: string) => number): number {
  const tokens = expression.match(/\d+|[A-Za-z_]\w*|[-+*/%(),]/g) ?? [];
  let position = 0;

  function primary(): number {
    const token = tokens[position++];
    if (token === undefined) throw new Error(`"${expression}" ends too soon`);
    if (token === "(") {
      const value = sum();
      expect(")");
      return value;
    }
    if (token === "-") return -primary();
    if (token === "min" || token === "max") return Math[token](...pair());
    if (/^\d/.test(token)) {
      // The suffix of 4u or 4i is its own token here: skip it.
      if (tokens[position] === "u" || tokens[position] === "i") position++;
      return Number(token);
    }
    if (/^[A-Za-z_]/.test(token)) return lookup(token);
    throw new Error(`"${expression}" has an unexpected "${token}"`);
  }

  function pair(): [number, number] {
    expect("(");
    const first = sum();
    expect(",");
    const second = sum();
    expect(")");
    return [first, second];
  }

  function expect(wanted: string): void {
    if (tokens[position++] !== wanted) throw new Error(`"${expression}" lacks a "${wanted}"`);
  }

  function product(): number {
    let value = primary();
    while (tokens[position] === "*" || tokens[position] === "/" || tokens[position] === "%") {
      const operator = tokens[position++];
      const right = primary();
      if (operator === "*") value *= right;
      else value = operator === "/" ? Math.trunc(value / right) : value % right;
    }
    return value;
  }

  function sum(): number {
    let value = product();
    while (tokens[position] === "+" || tokens[position] === "-") {
      value = tokens[position++] === "+" ? value + product() : value - product();
    }
    return value;
  }

  const value = sum();
  if (position !== tokens.length) throw new Error(`"${expression}" has an unexpected "${tokens[position]}"`);
  return value;
}
