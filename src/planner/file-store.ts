// The place of the tuning table under Node: a file in the user's cache folder.

/** A built-in module, loaded by name, so that a bundler for browsers finds no import of Node's modules. */
function builtIn(name: string): unknown {
  const node = process as { getBuiltinModule?: (name: string) => unknown };
  const found = node.getBuiltinModule?.(name);
  if (!found) throw new Error(`this process has no module ${name}`);
  return found;
}

function place() {
  const files = builtIn("node:fs/promises") as typeof import("node:fs/promises");
  const path = builtIn("node:path") as typeof import("node:path");
  const os = builtIn("node:os") as typeof import("node:os");
  const folder = path.join(process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"), "convoke");
  return { files, folder, file: path.join(folder, "tuning.json") };
}

export async function loadText(): Promise<string> {
  const { files, file } = place();
  return files.readFile(file, "utf8");
}

export async function saveText(text: string): Promise<void> {
  const { files, folder, file } = place();
  await files.mkdir(folder, { recursive: true });
  // Renamed into place, so that no process reads half a table.
  const draft = `${file}.${String(Math.random()).slice(2)}`;
  await files.writeFile(draft, text);
  await files.rename(draft, file);
}
