// The planner's account of a choice, cut short: what the chosen algorithm is expected to take, and the next best.

interface Verdict {
  readonly name: string;
  /** "estimated 1.20 ms", or what the line says. */
  readonly what: string;
}

function verdictOf(line: string): Verdict | undefined {
  const [, name, rest] = /^\s*\d+\s+(\S+)\s+(.*)$/.exec(line) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const times = [...rest.matchAll(/\b(?:measured|estimated) [^,]+/g)].map(([match]) => match);
  return { name, what: times[0] ?? rest };
}

/** The first lines of `plan.explain()` in a sentence; the first line itself where it reads otherwise than expected. */
export function shortReason(explanation: string): string {
  const [first = "", second = ""] = explanation.split("\n");
  const best = verdictOf(first);
  if (!best) return first.trim();
  const next = verdictOf(second);
  return next ? `${best.what}; next ${next.name}, ${next.what}` : `${best.what}; nothing else serves it`;
}
