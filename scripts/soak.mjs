// `npm run test:soak`: the long forms of three tests, in Chromium. Looks for leaks by thousands of convolutions, plans and engines instead of
// hundreds, takes as much memory as it gets, up to 6 GiB, and looks for errors over the tolerance in thousands of random problems.
import { runTool } from "./steps.mjs";

process.env.CONVOKE_SOAK = "1";
const files = ["leaks.browser", "collected.chromium", "capacity.browser", "tolerance.browser"].map(
  (name) => `test/${name}.test.ts`,
);
const { ok } = await runTool("vitest", ["run", "--project", "browser", ...files], { live: true });
if (!ok) process.exitCode = 1;
