// The version of the package.

/** The version in package.json: what was measured with another one is not trusted. */
export const VERSION = "0.1.0";
