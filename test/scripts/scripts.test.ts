// The set-up and the test runner: what they find, what they take for missing, how they count.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  chromiumArgs,
  findChromium,
  findFirefox,
  firefoxEnvironment,
  firefoxPreferences,
  softwareDriver,
} from "../../scripts/browsers.mjs";
import { dawnEnvironment } from "../../scripts/dawn.mjs";
import { ROOT, isInstalled } from "../../scripts/setup.mjs";
import { auditResult, readReport, runTool, summaryLine, vitestFailures, vitestTotals } from "../../scripts/steps.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "convoke-scripts-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("findChromium", () => {
  /** What is found where just these files can be started. */
  const search = (files: string[], env: Record<string, string> = {}, own: string | null = null): string | null =>
    findChromium({
      env: { PATH: "/a:/b", ...env },
      platform: "linux",
      usable: (file) => files.includes(file),
      playwright: () => own,
    });

  it("looks in the order of the names, then in that of the PATH", () => {
    expect(search(["/b/chromium", "/a/google-chrome"])).toBe("/b/chromium");
    expect(search(["/b/google-chrome", "/a/google-chrome"])).toBe("/a/google-chrome");
    expect(search([])).toBeNull();
  });

  it("prefers what the environment names, then Playwright's own", () => {
    const all = ["/mine", "/path", "/own", "/a/chromium"];
    expect(search(all, { CONVOKE_CHROME: "/mine", CHROME_PATH: "/path" }, "/own")).toBe("/mine");
    expect(search(all, { CHROME_PATH: "/path" }, "/own")).toBe("/path");
    expect(search(all, {}, "/own")).toBe("/own");
    expect(search(all, {}, "/not-downloaded")).toBe("/a/chromium");
  });

  it("does not run another browser than the one named", () => {
    expect(() => search(["/a/chromium"], { CHROME_PATH: "/gone" })).toThrow('CHROME_PATH is "/gone"');
  });

  it("knows where installers put it", () => {
    const app = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    expect(findChromium({ env: {}, platform: "darwin", usable: (file) => file === app, playwright: () => null })).toBe(
      app,
    );
  });

  it.skipIf(process.platform === "win32")(
    "takes programs, not other files and not the script that asks for a snap",
    () => {
      const file = path.join(folder, "chromium");
      const find = (): string | null =>
        findChromium({ env: { PATH: folder }, platform: "linux", playwright: () => null });
      writeFileSync(file, "#!/bin/sh\nexec true\n", { mode: 0o644 });
      expect(find()).toBeNull();
      rmSync(file);
      writeFileSync(file, "#!/bin/sh\nexec true\n", { mode: 0o755 });
      expect(find()).toBe(file);
      writeFileSync(file, "#!/bin/sh\necho 'snap install chromium'\n");
      expect(find()).toBeNull();
    },
  );
});

describe("findFirefox", () => {
  it("prefers the long-term release", () => {
    const search = (usable: (file: string) => boolean): string | null =>
      findFirefox({ env: { PATH: "/a:/b" }, platform: "linux", usable });
    expect(search(() => true)).toBe("/a/firefox-esr");
    expect(search((file) => file === "/b/firefox")).toBe("/b/firefox");
    expect(search(() => false)).toBeNull();
  });
});

describe("chromiumArgs", () => {
  it("asks for the software adapter unless a GPU is wanted", () => {
    expect(chromiumArgs({ gpu: false })).toContain("--use-webgpu-adapter=swiftshader");
    expect(chromiumArgs({ gpu: true }).join(" ")).not.toContain("swiftshader");
    expect(chromiumArgs({ gpu: true, platform: "linux" })).toContain("--enable-features=Vulkan");
    expect(chromiumArgs({ gpu: true, platform: "darwin" }).join(" ")).not.toContain("Vulkan");
  });

  it("leaves the sandbox on but for root", () => {
    expect(chromiumArgs({ gpu: false, root: true })).toContain("--no-sandbox");
    expect(chromiumArgs({ gpu: false, root: false })).not.toContain("--no-sandbox");
  });
});

describe("firefoxEnvironment", () => {
  const environment = (gpu: boolean, platform: string, files: string[], optimise?: boolean): Record<string, string> =>
    firefoxEnvironment({ gpu, platform, home: "/home", exists: (file) => files.includes(file), optimise });
  const manifest = "/usr/share/vulkan/icd.d/lvp_icd.aarch64.json";

  it("gives Firefox a home of its own, and the software driver where it is installed unless a GPU is wanted", () => {
    expect(environment(false, "linux", [manifest])).toMatchObject({ HOME: "/home", VK_ICD_FILENAMES: manifest });
    expect(environment(false, "linux", [])).toEqual({ HOME: "/home" });
    expect(environment(true, "linux", [manifest])).toEqual({ HOME: "/home" });
    expect(environment(false, "darwin", [manifest])).toEqual({ HOME: "/home" });
  });

  it("caches optimised kernels for one run alone", () => {
    expect(environment(false, "linux", [manifest], true)).toMatchObject({ MESA_SHADER_CACHE_DIR: "/home" });
    expect(environment(true, "linux", [manifest], true)).toEqual({ HOME: "/home" });
  });

  it("goes with WebGPU switched on", () => {
    expect(firefoxPreferences()["dom.webgpu.enabled"]).toBe(true);
  });
});

describe("the driver of Dawn in Node", () => {
  const find = (files: string[], platform = "linux"): string | null =>
    softwareDriver({
      platform,
      chromium: () => "/usr/bin/browser",
      realpath: () => "/opt/browser/browser",
      exists: (file) => files.includes(file),
    });
  const lavapipe = "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json";

  it("is SwiftShader beside Chromium, also where a script starts that, else lavapipe", () => {
    const beside = "/opt/browser/vk_swiftshader_icd.json";
    const packaged = "/usr/lib/chromium/vk_swiftshader_icd.json";
    expect(find([lavapipe, packaged, beside])).toBe(beside);
    expect(find([lavapipe, packaged])).toBe(packaged);
    expect(find([lavapipe])).toBe(lavapipe);
    expect(find([])).toBeNull();
    expect(find([beside], "darwin")).toBeNull();
  });

  it("is the one that the environment names, and none of these where a GPU is wanted", () => {
    const driver = (): string => lavapipe;
    expect(dawnEnvironment({ gpu: false, env: {}, driver })).toMatchObject({ VK_ICD_FILENAMES: lavapipe });
    expect(dawnEnvironment({ gpu: false, env: {}, driver: () => null })).toBeNull();
    expect(dawnEnvironment({ gpu: false, env: { VK_DRIVER_FILES: "/mine.json" }, driver })).toEqual({});
    expect(dawnEnvironment({ gpu: true, env: {}, driver: () => null })).toEqual({});
  });
});

describe("isInstalled", () => {
  const lock = {
    packages: {
      "": { version: "0.1.0" },
      "node_modules/a": { version: "1.0.0" },
      "node_modules/for-another-platform": { version: "2.0.0", optional: true },
    },
  };

  it("takes packages for installed where npm recorded the same versions", () => {
    expect(isInstalled(lock, { packages: { "node_modules/a": { version: "1.0.0" } } })).toBe(true);
  });

  it.each([
    ["missing", {}],
    ["of another version", { "node_modules/a": { version: "1.0.1" } }],
    [
      "of another version, though optional",
      { "node_modules/a": { version: "1.0.0" }, "node_modules/for-another-platform": { version: "2.0.1" } },
    ],
    ["too many", { "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "1.0.0" } }],
  ])("sees packages that are %s", (_, packages) => {
    expect(isInstalled(lock, { packages })).toBe(false);
  });
});

describe("package-lock.json", () => {
  const lock = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")) as Parameters<
    typeof isInstalled
  >[0];
  const packages = Object.entries(lock.packages ?? {});

  it("has every optional package: npm ci refuses a lock file that lacks those of other platforms", () => {
    const places = new Set(packages.map(([place]) => place));
    const missing = packages.flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !places.has(`node_modules/${name}`) && !places.has(`${place}/node_modules/${name}`),
      ),
    );
    expect(missing).toEqual([]);
  });

  it("names no registry", () => {
    expect(packages.filter(([, entry]) => "resolved" in entry)).toEqual([]);
  });
});

describe("steps", () => {
  it("tells whether a tool succeeded, and what it said", async () => {
    const say = (code: number): Promise<{ ok: boolean; output: string }> =>
      runTool("node", ["-e", `console.log(1);console.error(2);process.exit(${code})`]);
    expect(await say(0)).toMatchObject({ ok: true });
    const failed = await say(3);
    expect(failed.ok).toBe(false);
    expect(failed.output.trim().split("\n").toSorted()).toEqual(["1", "2"]);
  });

  it("takes a tool that does not exist for a failed one", async () => {
    expect(await runTool("convoke-no-such-tool", [])).toMatchObject({ ok: false });
  });

  it("counts tests, and failures that are no test's", () => {
    const report = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };
    expect(vitestTotals(report, false)).toEqual({ passed: 5, failed: 1, skipped: 3 });
    const broken = { numPassedTests: 5, testResults: [{ status: "failed", assertionResults: [] }] };
    expect(vitestTotals(broken, false)).toMatchObject({ passed: 5, failed: 1 });
    expect(vitestTotals({ numPassedTests: 5 }, true)).toMatchObject({ passed: 5, failed: 0 });
    expect(vitestTotals({ numPassedTests: 5 }, false)).toMatchObject({ passed: 5, failed: 1 });
    expect(vitestTotals({ numPassedTests: 0 }, true)).toMatchObject({ passed: 0, failed: 1 });
    expect(vitestTotals(null, false)).toMatchObject({ passed: 0, failed: 1 });
  });

  it("counts a failed test once, not its file too", () => {
    const testResults = [{ status: "failed", assertionResults: [{ status: "failed" }] }];
    expect(vitestTotals({ numPassedTests: 1, numFailedTests: 1, testResults }, false).failed).toBe(1);
  });

  it("names each failure, with the beginning of its message", () => {
    const long = [
      "\u001B[31mexpected 1 to be 2\u001B[39m",
      "x".repeat(1000),
      ...Array<string>(50).fill("at somewhere"),
    ];
    const testResults = [
      { name: path.join(ROOT, "test/green.test.ts"), status: "passed", assertionResults: [{ status: "passed" }] },
      {
        name: path.join(ROOT, "test/red.test.ts"),
        status: "failed",
        assertionResults: [
          { status: "passed", fullName: "adds" },
          { status: "failed", fullName: "subtracts", failureMessages: [long.join("\n")] },
        ],
      },
      {
        name: path.join(ROOT, "test/broken.test.ts"),
        status: "failed",
        message: "no such module",
        assertionResults: [],
      },
    ];
    const [red, broken, ...others] = vitestFailures({ testResults });
    expect(others).toEqual([]);
    expect(red?.split("\n").slice(0, 2)).toEqual([
      `${path.join("test", "red.test.ts")} > subtracts`,
      "    expected 1 to be 2",
    ]);
    expect(red?.length).toBeLessThan(1000);
    expect(broken).toContain("no such module");
    expect(vitestFailures(null)).toEqual([]);
  });

  it("takes a report that was not written for none", () => {
    expect(readReport(path.join(folder, "gone.json"))).toBeNull();
  });

  it("fails for grave flaws that the registry knows of, by package", () => {
    const report = (high: number, critical: number): string =>
      JSON.stringify({
        vulnerabilities: {
          a: { name: "a", severity: "high", range: "<2.0.0" },
          b: { name: "b", severity: "moderate", range: "*" },
        },
        metadata: { vulnerabilities: { info: 0, low: 2, moderate: 1, high, critical, total: 3 + high + critical } },
      });
    expect(auditResult(report(0, 0))).toEqual({ ok: true, output: "" });
    expect(auditResult(`npm warn something {}\n${report(2, 0)}\n`)).toMatchObject({ ok: false });
    expect(auditResult(report(1, 0))).toEqual({ ok: false, output: "0 critical, 1 high (npm audit)\na <2.0.0: high" });
    expect(auditResult(report(0, 1))).toMatchObject({ ok: false });
  });

  it.each([
    [
      '{ "message": "405 Method Not Allowed - POST https://registry", "error": { "summary": "", "detail": "" } }',
      "405",
    ],
    ['{ "error": { "code": "ENOTFOUND", "summary": "request failed" } }', "request failed"],
    ["npm did not start: ENOENT", "ENOENT"],
    ["", "nothing"],
    ['{ "metadata": {} }', "without counts"],
  ])("leaves the audit out where there is no answer: %s", (output, reason) => {
    expect(auditResult(output)).toMatchObject({ passed: 0, failed: 0, leftOut: expect.stringContaining(reason) });
  });

  it("sums up", () => {
    expect(
      summaryLine([
        { passed: 3, failed: 0 },
        { passed: 1, failed: 2 },
      ]),
    ).toBe("4 passed, 2 failed");
  });
});
