// Types of setup.mjs, which is plain JavaScript because it runs before anything is installed.

interface LockFile {
  packages?: Record<
    string,
    {
      version?: string;
      optional?: boolean;
      devOptional?: boolean;
      optionalDependencies?: Record<string, string>;
    }
  >;
}

export const ROOT: string;
export function isInstalled(lock: LockFile, installed: LockFile): boolean;
export function ensurePackages(folder?: string): void;
export function ensureChromium(): string;
export function setUp(): { chromium: string };
