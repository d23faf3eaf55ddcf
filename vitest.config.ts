// Six projects: "site" drives the pages of the site in headless Chromium, and "tfjs" runs TensorFlow.js there; "node" for what needs no GPU (planning, shapes, the reference,
// shader assembly); and "browser", "firefox" and "dawn" for what runs on one, in headless Chromium, in headless Firefox, and in Node on
// Dawn from the package `webgpu`. These compute in software (SwiftShader, lavapipe), the same on every machine, unless CONVOKE_GPU=1 asks
// for the machine's own GPU. CONVOKE_CHROME and FIREFOX_PATH name other browsers than those that would be found. lavapipe takes half a
// second to compile a kernel: Firefox runs a cross-section of the shared problems (test/suite/selection.ts) unless CONVOKE_SUITE=all asks
// for every one; and so does Node, of what Chromium has run on the same driver, with a sample. docs/implementations.md says in what the
// three differ.
import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumArgs, findChromium } from "./scripts/browsers.mjs";
import { firefox } from "./scripts/firefox.mjs";
import { sourceAlias } from "./scripts/source-alias.mjs";
import { wgsl } from "./scripts/wgsl.mjs";

// No test's verdict depends on time: the timeouts only end what hangs.
// A cross-origin isolated page has the fine-grained clock.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const gpu = process.env.CONVOKE_GPU === "1";
const everything = gpu || process.env.CONVOKE_SUITE === "all";

/** Each run draws a part of the shared problems by a seed: many runs cover all. CONVOKE_SEED repeats one, CONVOKE_SUITE=all runs every problem. */
const seed = Number((process.env.CONVOKE_SEED ??= String(randomInt(2 ** 31))));
const draw = (parts: number) => ({ parts: everything ? 1 : parts, seed });

/** Whether leaks are looked for ten thousand times over (scripts/soak.mjs). */
const soak = process.env.CONVOKE_SOAK === "1";

/**
 * Files at once, each in a process or page of its own: while one waits for a kernel to compile, which takes a core, another computes what is
 * expected. With few cores that is most of them; a software adapter computes on all.
 */
const maxWorkers = gpu ? 1 : Math.min(4, availableParallelism());

// Halves are converted by what a browser has and Node 20 has not.
const inBrowsers = ["test/**/*.browser.test.ts", "test/base/dtype.test.ts"];

/** What needs a page: canvases and images. */
const ofAPage = ["test/image/*.browser.test.ts"];

const ofTensorFlow = ["test/tfjs/*.chromium.test.ts"];

const chromium = {
  enabled: true,
  headless: true,
  screenshotFailures: false,
  instances: [{ browser: "chromium" as const }],
  provider: playwright({
    launchOptions: { executablePath: findChromium() ?? undefined, args: chromiumArgs({ gpu }) },
  }),
};

/** Packages that tests import in pages: bundled before the first test, since Vite reloads the page when it finds one later. */
const optimizeDeps = {
  include: ["tfjs-core", "tfjs-backend-cpu", "tfjs-backend-webgpu"].map((name) => `@tensorflow/${name}`),
};

// What these test are the numbers and the memory of a driver that is Chromium's as well: Node runs them with the whole suite alone.
const ofTheDriver = [
  "test/algorithms/!(algorithms).browser.test.ts",
  "test/conv/find.browser.test.ts",
  "test/examples/lenet.browser.test.ts",
  "test/fuzz/fuzz.browser.test.ts",
  "test/promises/limits.browser.test.ts",
  "test/planner/numbers-tuning.browser.test.ts",
  "test/promises/numbers*.browser.test.ts",
  "test/promises/tolerance.browser.test.ts",
  "test/conv/workspace.browser.test.ts",
  "test/ops/**/!(guard).browser.test.ts",
];

export default defineConfig({
  test: {
    slowTestThreshold: 5000, // The report lists slower tests one by one, and nothing is fast on a software adapter.
    // Tests of the shared suite at once. Each holds a few small buffers; more gain nothing.
    maxConcurrency: 16,
    projects: [
      {
        plugins: [wgsl()],
        resolve: { alias: sourceAlias },
        test: {
          name: "node",
          environment: "node",
          maxWorkers,
          testTimeout: 300_000,
          provide: { draw: draw(2) },
          include: ["test/**/*.test.ts"],
          exclude: ["browser", "chromium", "firefox", "site"].map((kind) => `test/**/*.${kind}.test.ts`),
        },
      },
      {
        test: {
          name: "site",
          environment: "node",
          testTimeout: 300_000,
          hookTimeout: 120_000,
          include: ["test/**/*.site.test.ts"],
          globalSetup: "test/site/build.ts",
          // Each file drives a browser, which has the machine's cores to itself.
          fileParallelism: false,
        },
      },
      {
        // Chromium runs the shaders as they are published, the others as they are written.
        plugins: [wgsl({ minified: true })],
        resolve: { alias: sourceAlias },
        server: { headers },
        test: {
          name: "browser",
          include: [...inBrowsers, "test/**/*.chromium.test.ts"],
          exclude: ofTensorFlow,
          maxWorkers,
          isolate: false, // Files share a page, which loads what they import once.
          testTimeout: 300_000,
          provide: { selection: "all", draw: draw(8), soak },
          browser: chromium,
        },
      },
      {
        // TensorFlow.js has one engine a page: each file has a page of its own.
        plugins: [wgsl({ minified: true })],
        resolve: { alias: sourceAlias },
        server: { headers },
        optimizeDeps,
        test: {
          name: "tfjs",
          include: ofTensorFlow,
          maxWorkers,
          testTimeout: 300_000,
          browser: chromium,
        },
      },
      {
        plugins: [wgsl()],
        resolve: { alias: sourceAlias },
        test: {
          name: "dawn",
          environment: "node",
          include: inBrowsers,
          exclude: [...ofAPage, ...(everything ? [] : ofTheDriver)],
          setupFiles: "test/suite/dawn.ts",
          testTimeout: 300_000,
          provide: { selection: everything ? "all" : "sample", draw: draw(2), soak },
          // A driver that ends its process ends one file; and threads would each have an environment that the driver does not see.
          pool: "forks",
          maxWorkers,
        },
      },
      {
        plugins: [wgsl()],
        resolve: { alias: sourceAlias },
        server: { headers },
        test: {
          name: "firefox",
          include: [...inBrowsers, "test/**/*.firefox.test.ts"],
          maxWorkers,
          isolate: false, // Files share a page, which loads what they import once.
          testTimeout: 300_000,
          provide: { selection: everything ? "all" : "cross-section", draw: draw(4), soak },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: "firefox" }],
            provider: firefox({ gpu }),
          },
        },
      },
    ],
  },
});
