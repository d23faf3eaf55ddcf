// Named fields of options.

/** The fields of `options` with the given names, those that are set. */
export function pick<Options extends object, Key extends keyof Options>(
  options: Options,
  keys: readonly Key[],
): Pick<Options, Key> {
  const entries = keys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]);
  return Object.fromEntries(entries) as Pick<Options, Key>;
}
