// Minifies WGSL for published builds: drops comments and white space, and shortens the names of parameters and local variables.
// What other files or the host refer to by name stays: all of module scope, the fields of structs, `// @unroll`.

const UNROLL = /^\/\/ @unroll/;

const TOKEN =
  /\/\/ @unroll(?: unless (?:compact|brief))?$|\/\/.*$|\/\*[^]*?\*\/|0[xX][\da-fA-F]+[iu]?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[iufh]?|[A-Za-z_]\w*|\s+|[^]/gm;
const SKIPPED = /^(?:\/[/*]|\s)/;
const WORD = /^\w/;
const OPERATOR = /^[-+*/%&|^<>=!~]$/;
const DIRECTIVE = /^(?:enable|requires|diagnostic)$/;

/** Stands for the comments and white space between two tokens. */
const GAP = "";

/** The tokens of a shader, and the gaps between them. */
export function tokenise(text) {
  const tokens = [];
  for (const [token] of text.matchAll(TOKEN)) {
    if (UNROLL.test(token) || !SKIPPED.test(token)) tokens.push(token);
    else if (tokens.length > 0 && tokens.at(-1) !== GAP) tokens.push(GAP);
  }
  return tokens;
}

/**
 * Joins tokens. A space stays between words, and between operators that had one, as in `a - -b` or `array<f32> = b`. The constants and
 * directives of a module start a line, by which the assembler finds them; directives end it as well.
 */
function join(tokens) {
  let text = "";
  let last = ";";
  let gap = false;
  let depth = 0;
  let directive = false;
  for (const token of tokens) {
    if (token === GAP) {
      gap = true;
      continue;
    }
    const starts = DIRECTIVE.test(token);
    if (UNROLL.test(token)) text += `\n${token}\n`;
    else {
      if (depth === 0 && /^[;}]$/.test(last) && (starts || token === "const")) text += text === "" ? "" : "\n";
      else if ((WORD.test(token) && WORD.test(last)) || (gap && OPERATOR.test(token) && OPERATOR.test(last)))
        text += " ";
      text += token;
    }
    directive ||= starts;
    if (directive && token === ";") {
      text += "\n";
      directive = false;
    }
    depth += Number(token === "{") - Number(token === "}");
    last = token;
    gap = false;
  }
  return `${text.replace(/\n\n+/g, "\n").trim()}\n`;
}

/** a to z, then a0 to z9: no keyword, type or function of WGSL is among them. */
function* shortNames() {
  const letters = "abcdefghijklmnopqrstuvwxyz";
  yield* letters;
  for (let digit = 0; digit < 10; digit++) for (const letter of letters) yield letter + digit;
}

/** Where the function ends whose `fn` is at `start`. */
function endOfFunction(tokens, start) {
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    if (tokens[at] === "{") depth++;
    else if (tokens[at] === "}" && --depth === 0) return at + 1;
  }
  throw new Error("a function has no end");
}

/** The names that a function declares, in order. */
function localNames(words) {
  const names = new Set();
  const body = words.indexOf("{");
  words.forEach((word, at) => {
    if (at < body && words[at + 1] === ":") names.add(word);
    if (at <= body || !/^(?:let|var|const)$/.test(word)) return;
    if (!WORD.test(words[at + 1])) throw new Error(`the name of a variable does not follow ${word}`);
    names.add(words[at + 1]);
  });
  return names;
}

/**
 * Renames what one function declares. A new name is none that the function mentions otherwise: it hides nothing of module scope that is
 * used here, and is no field, which `@unroll` would take for its variable. Entry points keep their names.
 */
function shortenLocals(tokens) {
  const words = tokens.filter((token) => token !== GAP);
  if (words.includes("@")) return tokens;
  const locals = localNames(words);
  const taken = new Set(words.filter((word, at) => !locals.has(word) || words[at - 1] === "."));
  const names = shortNames();
  const renamed = new Map();
  for (const local of locals) {
    let name = names.next().value;
    while (taken.has(name)) name = names.next().value;
    renamed.set(local, name);
  }
  let last = "";
  return tokens.map((token) => {
    const result = last === "." ? token : (renamed.get(token) ?? token);
    if (token !== GAP) last = token;
    return result;
  });
}

/** The same shader in fewer characters. */
export function minify(text) {
  const tokens = tokenise(text);
  const result = [];
  for (let at = 0; at < tokens.length;) {
    const end = tokens[at] === "fn" ? endOfFunction(tokens, at) : at + 1;
    const part = tokens.slice(at, end);
    result.push(...(tokens[at] === "fn" ? shortenLocals(part) : part));
    at = end;
  }
  return join(result);
}
