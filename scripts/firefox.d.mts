// Types of firefox.mjs, which is plain JavaScript as the other scripts are.
import type { BrowserProviderOption } from "vitest/node";

export function missingWebGpu(options: { executablePath: string; gpu: boolean }): Promise<string | null>;
export function firefox(options: { gpu: boolean }): BrowserProviderOption;
