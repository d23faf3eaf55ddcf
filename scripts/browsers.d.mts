// Types of browsers.mjs, which is plain JavaScript because it runs before anything is installed.

export interface SearchOptions {
  env?: Record<string, string | undefined>;
  platform?: string;
  usable?: (file: string) => boolean;
}

export function findChromium(options?: SearchOptions & { playwright?: () => string | null }): string | null;
export function findFirefox(options?: SearchOptions): string | null;
export function chromiumArgs(options: { gpu: boolean; platform?: string; root?: boolean }): string[];
export function firefoxPreferences(): Record<string, boolean>;
export function firefoxEnvironment(options: {
  gpu: boolean;
  optimise?: boolean;
  home: string;
  exists: (file: string) => boolean;
  platform?: string;
}): Record<string, string>;
export function softwareDriver(options?: {
  platform?: string;
  chromium?: () => string | null;
  exists?: (file: string) => boolean;
  realpath?: (file: string) => string;
}): string | null;
