// Picks named fields of options.

/** Returns the fields of `options` with the given names, except undefined ones. */
export function pick<Options extends object, Key extends keyof Options>(
  options: Options,
  keys: readonly Key[],
): Pick<Options, Key> {
  const entries = keys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]);
  return Object.fromEntries(entries) as Pick<Options, Key>;
}
