// `npm run test:soak`: the long forms of four tests, in Chromium. Looks for leaks over thousands of convolutions, plans and engines instead of
// hundreds, allocates as much memory as it can get, up to 6 GiB, and looks for errors over maxErrorGrowth in thousands of random problems.
import { runTool } from "./steps.mjs";

process.env.CONVOKE_SOAK = "1";
const files = [
  "test/gpu/collected.chromium.test.ts",
  ...["capacity", "leaks", "tolerance"].map((name) => `test/promises/${name}.browser.test.ts`),
];
const { ok } = await runTool("vitest", ["run", "--project", "browser", ...files], { live: true });
if (!ok) process.exitCode = 1;
