// Types of firefox.mjs, which is plain JavaScript as the other scripts are.
import type { Browser } from "puppeteer-core";
import type { BrowserProviderOption } from "vitest/node";

export function launchFirefox(options: {
  executablePath: string;
  gpu: boolean;
  optimise?: boolean;
}): Promise<{ browser: Browser; close: () => Promise<void> }>;
export function missingWebGpu(options: { executablePath: string; gpu: boolean }): Promise<string | null>;
export function firefox(options: { gpu: boolean }): BrowserProviderOption;
