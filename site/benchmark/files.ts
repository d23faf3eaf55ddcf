// Saves and reads files.
import { el } from "../common/dom.ts";
import { Refusal } from "./checks.ts";
import { MOST_BYTES } from "./load.ts";

/** Saves a text as a file on the visitor's machine. */
export function download(name: string, type: string, content: string): void {
  save(name, new Blob([content], { type }));
}

/** Saves content as a file on the visitor's machine. */
export function save(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  el("a", { href: address, download: name }).click();
  // By then the browser has opened it.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Returns the text of a file, unless the file is implausibly large. */
export async function textOf(file: File): Promise<string> {
  if (file.size > MOST_BYTES) throw new Refusal(`the file is larger than ${MOST_BYTES / 2 ** 20} MiB`);
  return file.text();
}

/** Calls `given` with files that are chosen with an input or dropped on an element. */
export function acceptFiles(
  input: HTMLInputElement,
  target: HTMLElement,
  given: (files: readonly File[]) => void,
): void {
  input.addEventListener("change", () => {
    given([...(input.files ?? [])]);
    // Allows the same file to be chosen again.
    input.value = "";
  });
  target.addEventListener("dragover", (event) => {
    event.preventDefault();
    target.classList.add("over");
  });
  target.addEventListener("dragleave", () => target.classList.remove("over"));
  target.addEventListener("drop", (event) => {
    event.preventDefault();
    target.classList.remove("over");
    given([...(event.dataTransfer?.files ?? [])]);
  });
}
