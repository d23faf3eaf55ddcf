// A short form of the planner's explanation: the expected time of the chosen algorithm, and the next best.

interface Verdict {
  readonly name: string;
  /** For example "estimated 1.20 ms". */
  readonly what: string;
}

function verdictOf(line: string): Verdict | undefined {
  const [, name, rest] = /^\s*\d+\s+(\S+)\s+(.*)$/.exec(line) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const times = [...rest.matchAll(/\b(?:measured|estimated) [^,]+/g)].map(([match]) => match);
  return { name, what: times[0] ?? rest };
}

/** Summarises the first lines of `plan.explain()` in a sentence; returns the first line if its form is unexpected. */
export function shortReason(explanation: string): string {
  const [first = "", second = ""] = explanation.split("\n");
  const best = verdictOf(first);
  if (!best) return first.trim();
  const next = verdictOf(second);
  return next ? `${best.what}; next ${next.name}, ${next.what}` : `${best.what}; no other algorithm supports it`;
}
