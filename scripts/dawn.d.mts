// Types of dawn.mjs, which is plain JavaScript as the other scripts are.

export function dawnEnvironment(options: {
  gpu: boolean;
  env?: Record<string, string | undefined>;
  driver?: () => string | null;
}): Record<string, string> | null;
export function installDawn(options: { gpu: boolean }): Promise<void>;
export function missingDawn(options: { gpu: boolean }): Promise<string | null>;
