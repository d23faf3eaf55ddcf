// Estimates the remaining time of a run from its progress.

/** Returns the seconds left if work of weight `done` took `seconds` and weight `left` remains; undefined before anything is done. */
export function secondsLeft(elapsed: number, done: number, left: number): number | undefined {
  if (!(done > 0) || !(elapsed > 0)) return undefined;
  return (elapsed / done) * Math.max(0, left);
}

/** Formats seconds, rounded to their precision. */
export function roughly(seconds: number | undefined): string {
  if (seconds === undefined) return "time left not known yet";
  if (seconds < 1) return "less than a second left";
  if (seconds < 90) return `about ${Math.ceil(seconds)} s left`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${minutes} min left` : `about ${Math.round(minutes / 60)} h left`;
}
