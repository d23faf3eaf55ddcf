// Puts together what compiles for a GPU that is not there, in out/null-gpu/: Mesa's Vulkan drivers and the Vulkan loader from Debian's packages,
// unpacked and not installed, and the two libraries of this folder that stand in for the hardware. Needs apt-get, dpkg and a C compiler, but no
// root.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../scripts/setup.mjs";

const SOURCES = import.meta.dirname;
const FOLDER = path.join(ROOT, "out", "null-gpu");

/** The drivers, and what the two libraries are compiled with. What the drivers depend on is added where it is not installed. */
const DRIVERS = "mesa-vulkan-drivers";
const PACKAGES = [DRIVERS, "libvulkan1", "libvulkan-dev", "libdrm2", "libdrm-dev", "libdrm-amdgpu1"];

/** Runs a program in a folder; throws with what it said if it fails. */
function run(cwd, command, ...args) {
  const { status, error, stderr, stdout } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (error) throw new Error(`${command} does not start here (${error.message})`, { cause: error });
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")} failed: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

/** Packages that the drivers depend on and that are not installed here. */
function missingDependencies() {
  const kinds = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map((kind) => `--no-${kind}`);
  const listed = run(FOLDER, "apt-cache", "depends", "--recurse", ...kinds, DRIVERS);
  const names = [...new Set(listed.match(/^[a-z0-9][a-z0-9.+-]*$/gm))];
  const installed = run(FOLDER, "dpkg-query", "--show", "--showformat=${Package}\n").split("\n");
  return names.filter((name) => !installed.includes(name) && !PACKAGES.includes(name));
}

/** Downloads Debian's packages; the lists of an image may be missing or old. */
function download(folder) {
  const all = () => run(folder, "apt-get", "download", ...PACKAGES, ...missingDependencies());
  try {
    all();
  } catch {
    run(folder, "apt-get", "update");
    all();
  }
}

function find(folder, name) {
  const found = readdirSync(folder, { recursive: true }).find((file) => path.basename(file) === name);
  if (!found) throw new Error(`Debian's packages have no ${name}`);
  return path.join(folder, found);
}

function build() {
  const [debs, root] = ["debs", "root"].map((name) => path.join(FOLDER, name));
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(debs, { recursive: true });
  download(debs);
  for (const deb of readdirSync(debs)) run(debs, "dpkg", "-x", deb, root);
  const flags = [
    "-O1",
    "-Wall",
    "-Wextra",
    "-shared",
    "-fPIC",
    `-I${root}/usr/include`,
    `-I${root}/usr/include/libdrm`,
  ];
  const library = (name, ...more) =>
    run(SOURCES, "cc", ...flags, ...more, `${name}.c`, "-o", path.join(FOLDER, `lib${name}.so`));
  library("null-icd", "-fvisibility=hidden", "-ldl");
  library("null-i915");
  const manifest = {
    ICD: { api_version: "1.3.230", library_path: path.join(FOLDER, "libnull-icd.so") },
    file_format_version: "1.0.0",
  };
  writeFileSync(path.join(FOLDER, "icd.json"), JSON.stringify(manifest));
  rmSync(debs, { recursive: true });
  return path.dirname(find(root, "libvulkan_radeon.so"));
}

/**
 * Builds the drivers unless they are there already, from the same sources.
 * @returns `folder`, which has icd.json and the two libraries, and `drivers`, the folder of Mesa's
 * @throws Error that says what is missing here
 */
export function ensureNullGpu() {
  const stamp = path.join(FOLDER, "built.json");
  const hash = createHash("sha256");
  for (const file of ["build.mjs", "null-icd.c", "null-i915.c"]) hash.update(readFileSync(path.join(SOURCES, file)));
  const version = hash.digest("hex");
  const built = existsSync(stamp) ? JSON.parse(readFileSync(stamp, "utf8")) : {};
  if (built.version === version) return { folder: FOLDER, drivers: built.drivers };
  if (process.platform !== "linux")
    throw new Error(
      "Mesa's drivers come from Debian's packages, so this needs Debian or Ubuntu, or a container of one",
    );
  console.error("Unpacking Mesa's Vulkan drivers and compiling what stands in for a GPU, once, into out/null-gpu");
  try {
    const drivers = build();
    writeFileSync(stamp, JSON.stringify({ version, drivers }));
    return { folder: FOLDER, drivers };
  } catch (error) {
    throw new Error(`needs apt-get, dpkg and a C compiler (Debian: apt-get install gcc libc6-dev): ${error.message}`, {
      cause: error,
    });
  }
}
