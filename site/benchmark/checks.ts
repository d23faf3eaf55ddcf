// Checks of data that anyone may have written, files and links. A refusal names the invalid field.

/** Most characters of a text. */
export const MOST_TEXT = 400;

/** Says why a file is refused. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

export function refuse(where: string, got: unknown, expected: string): never {
  const shown = JSON.stringify(got) ?? "nothing";
  throw new Refusal(`${where}: got ${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}, expected ${expected}`);
}

export type Fields = Readonly<Record<string, unknown>>;

export function object(where: string, value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(where, value, "an object");
  return value as Fields;
}

export function array(where: string, value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value)) refuse(where, value, "a list");
  if (value.length > most) refuse(where, `${value.length} entries`, `at most ${most}`);
  return value;
}

export function text(where: string, value: unknown): string {
  if (typeof value !== "string" || value.length > MOST_TEXT)
    refuse(where, value, `a text of at most ${MOST_TEXT} letters`);
  return value;
}

/** Checks for a finite number of at least `least`, or above 0 by default. */
export function number(where: string, value: unknown, least?: number): number {
  const fits =
    typeof value === "number" && Number.isFinite(value) && (least === undefined ? value > 0 : value >= least);
  if (!fits) refuse(where, value, least === undefined ? "a number above 0" : `a number of at least ${least}`);
  return value;
}

export function oneOf<T extends string>(where: string, value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) refuse(where, value, known.map((one) => `"${one}"`).join(" or "));
  return found;
}

/** Checks an optional field. */
export function maybe<T>(value: unknown, check: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : check(value);
}

/** Removes fields that are undefined. */
export function compact<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
