// Marks what modules compute when they are loaded as free of side effects, so that a user's bundler drops what is not used. Bundlers
// keep a table made by a call, a spread or a property access, for these may run anything; in this library none has an effect.
import { parseAst } from "rolldown/parseAst";

/** Expressions that bundlers do not know to be without effect. */
const UNKNOWN = new Set([
  "CallExpression",
  "ImportExpression",
  "MemberExpression",
  "NewExpression",
  "SpreadElement",
  "TaggedTemplateExpression",
]);

/** Whether such an expression runs when the node is evaluated: those inside functions do not. */
function mayRun(node) {
  if (Array.isArray(node)) return node.some(mayRun);
  if (typeof node !== "object" || node === null) return false;
  if (UNKNOWN.has(node.type)) return true;
  // An operator may call valueOf of what a name stands for.
  if (node.type === "BinaryExpression" && [node.left, node.right].some(({ type }) => type === "Identifier"))
    return true;
  if (/^(?:ArrowFunction|Function)Expression$/.test(node.type)) return false;
  return Object.values(node).some(mayRun);
}

/** Wraps the initial values of top-level variables in calls that are marked as pure. */
export function markPure(code) {
  const declarations = parseAst(code).body.map((statement) => statement.declaration ?? statement);
  const values = declarations
    .filter(({ type }) => type === "VariableDeclaration")
    .flatMap((statement) => statement.declarations.map(({ init }) => init))
    .filter(mayRun);
  let result = code;
  // From the end on, so that earlier positions stay.
  for (const { start, end } of values.toReversed())
    result = `${result.slice(0, start)}/* @__PURE__ */ (() => (${result.slice(start, end)}))()${result.slice(end)}`;
  return result;
}

/** @returns {import("vite").Plugin} */
export function pure() {
  return {
    name: "convoke:pure",
    enforce: "post",
    // No line moves: the source map stays right by line.
    transform: (code, id) => (id.endsWith(".ts") ? { code: markPure(code), map: null } : null),
  };
}
