// The environment in which Dawn finds a GPU that is not there.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureNullGpu } from "./build.mjs";
import { CHIPS } from "./chips.mjs";

/** Names the file in which the driver writes what it compiled, and so tells whether the environment is in place. */
const RECORDS = "NULL_ICD_OUT";

function withFirst(name, first, separator = ":") {
  return [first, process.env[name]].filter(Boolean).join(separator);
}

/**
 * Starts this program again on a chip, and exits as it does, unless it runs on one already: the loader reads its environment when a process begins.
 * @throws Error where the drivers cannot be had
 */
export function enterNullGpu(chip) {
  if (process.env[RECORDS]) return;
  const { folder, drivers } = ensureNullGpu();
  const scratch = mkdtempSync(path.join(os.tmpdir(), "convoke-null-gpu-"));
  const { pci } = CHIPS[chip];
  const driver = pci
    ? {
        NULL_ICD_DRIVER: path.join(drivers, "libvulkan_intel.so"),
        NULL_I915_ID: pci,
        INTEL_NO_HW: "true",
        LD_PRELOAD: withFirst("LD_PRELOAD", path.join(folder, "libnull-i915.so")),
      }
    : { NULL_ICD_DRIVER: path.join(drivers, "libvulkan_radeon.so"), RADV_FORCE_FAMILY: chip };
  const env = {
    ...process.env,
    ...driver,
    LD_LIBRARY_PATH: withFirst("LD_LIBRARY_PATH", drivers),
    VK_ICD_FILENAMES: path.join(folder, "icd.json"),
    [RECORDS]: path.join(scratch, "pipelines.jsonl"),
    MESA_SHADER_CACHE_DISABLE: "true",
    NODEVICE_SELECT: "1",
    XDG_CACHE_HOME: scratch,
  };
  const { status } = spawnSync(process.execPath, process.argv.slice(1), { env, stdio: "inherit" });
  rmSync(scratch, { recursive: true, force: true });
  process.exit(status ?? 1);
}
