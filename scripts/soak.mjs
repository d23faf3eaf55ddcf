// `npm run test:soak`: looks for leaks in Chromium, by thousands of convolutions, plans and engines instead of hundreds, and takes as much memory as
// it gets, up to 6 GiB.
import { runTool } from "./steps.mjs";

process.env.CONVOKE_SOAK = "1";
const { ok } = await runTool(
  "vitest",
  ["run", "--project", "browser", "test/leaks.browser.test.ts", "test/capacity.browser.test.ts"],
  { live: true },
);
if (!ok) process.exitCode = 1;
