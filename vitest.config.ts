// Two projects: "node" for what needs no GPU (planning, shapes, the reference, shader assembly) and "browser" for what runs on
// one, in headless Chromium. The browser suite runs on SwiftShader, the same on every machine, unless CONVOKE_GPU=1 asks for
// the machine's own GPU. CONVOKE_CHROME names another browser than the one that would be found.
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumArgs, findChromium } from "./scripts/browsers.mjs";

// No test's verdict depends on time: the timeouts only end what hangs.
// A cross-origin isolated page has the fine-grained clock.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  test: {
    slowTestThreshold: 5000, // The report lists slower tests one by one, and nothing is fast on a software adapter.
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          testTimeout: 300_000,
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.browser.test.ts"],
        },
      },
      {
        server: { headers },
        test: {
          name: "browser",
          include: ["test/**/*.browser.test.ts"],
          testTimeout: 300_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: "chromium" }],
            provider: playwright({
              launchOptions: {
                executablePath: findChromium() ?? undefined,
                args: chromiumArgs({ gpu: process.env.CONVOKE_GPU === "1" }),
              },
            }),
          },
        },
      },
    ],
  },
});
