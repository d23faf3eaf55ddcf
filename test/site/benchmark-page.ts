// What the tests of the benchmark page do with its files.
import { readFile } from "node:fs/promises";
import type { Download, Page } from "playwright";

export const contentOf = async (download: Download): Promise<string> => readFile(await download.path(), "utf8");

/** Saves a file by a button, and returns what it holds. */
export async function saved(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  return contentOf(download);
}

/** Loads a report from a file. */
export async function load(page: Page, name: string, content: string): Promise<void> {
  await page
    .getByLabel(/Load a JSON/)
    .setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(content) });
}
