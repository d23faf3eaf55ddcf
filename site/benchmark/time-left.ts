// How long a run will still take, by what is done of it.

/** Seconds left where work of the weight `done` took so many, and `left` is the weight of the rest. Nothing before anything is done. */
export function secondsLeft(elapsed: number, done: number, left: number): number | undefined {
  if (!(done > 0) || !(elapsed > 0)) return undefined;
  return (elapsed / done) * Math.max(0, left);
}

/** Seconds in words, rounded as roughly as they are known. */
export function roughly(seconds: number | undefined): string {
  if (seconds === undefined) return "time left not known yet";
  if (seconds < 1) return "less than a second left";
  if (seconds < 90) return `about ${Math.ceil(seconds)} s left`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${minutes} min left` : `about ${Math.round(minutes / 60)} h left`;
}
