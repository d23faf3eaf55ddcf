// The showcase's browser: headless Chromium on the machine's GPU where it has one that WebGPU can use, else on SwiftShader.
import { type Browser, chromium } from "playwright";
import type { AdapterInfo } from "../../examples/photo/protocol.ts";
import { isSoftware } from "../../examples/photo/table.ts";
import { chromiumArgs } from "../browsers.mjs";

/** A GPU process that hangs while it starts would otherwise hang the probe. */
const PROBE_MS = 20_000;

/** The adapter WebGPU offers on a page of this address (WebGPU needs a secure context), or null. */
async function probe(browser: Browser, address: string): Promise<AdapterInfo | null> {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    return await page.evaluate(async (limit) => {
      const late = new Promise<null>((resolve) => setTimeout(resolve, limit, null));
      const request = navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }) ?? null;
      const adapter = await Promise.race([request, late]);
      if (!adapter) return null;
      const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
      return { vendor, architecture, device, description, isFallback: isFallbackAdapter };
    }, PROBE_MS);
  } finally {
    await page.close();
  }
}

function launch(executablePath: string, gpu: boolean): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: chromiumArgs({ gpu }) });
}

/** A Chromium with WebGPU, on the fastest adapter there is. */
export async function launchBrowser(executablePath: string, probeAddress: string): Promise<Browser> {
  const onGpu = await launch(executablePath, true).catch(() => null);
  if (onGpu) {
    const adapter = await probe(onGpu, probeAddress).catch(() => null);
    if (adapter && !isSoftware(adapter)) return onGpu;
    await onGpu.close();
  }
  return launch(executablePath, false);
}
