// The version of the package.

/** The version in package.json. Measurements made by another version are not used. */
export const VERSION = "0.9.1";
