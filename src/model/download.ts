// Downloads of the files of models: with a limit, a signal, and every chunk reported.
import { ConvError, describe, refuse, words } from "../base/error.ts";

export interface DownloadOptions {
  /** The most bytes that the file may have. */
  readonly most: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of each chunk as it arrives, and those of the whole file where its sender says them. */
  readonly received?: ((bytes: number, total?: number) => void) | undefined;
}

/**
 * Returns an address in full.
 * @throws ConvError `invalid-argument` if it is none
 */
export function addressOf(given: string | URL): URL {
  try {
    return new URL(given, globalThis.location?.href);
  } catch {
    return refuse("invalid-argument", "model", given, "an address, absolute outside a page");
  }
}

/** The address of a file beside another, whose query it keeps: that may carry the permission to read both. */
export function addressBeside(address: URL, path: string): URL {
  const url = new URL(address);
  url.pathname = url.pathname.replace(/[^/]*$/, path.split("/").map(encodeURIComponent).join("/"));
  return url;
}

/**
 * Returns the bytes of a file.
 * @throws ConvError `invalid-model` with the address, if it is not there or has more bytes; the signal's reason if it is aborted
 */
export async function download(address: string | URL, options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const name = String(address);
  const { signal } = options;
  let response: Response;
  try {
    response = await fetch(address, signal && { signal });
  } catch (cause) {
    throw signal?.aborted
      ? signal.reason
      : new ConvError("invalid-model", `${name}: not to be had (${messageOf(cause)})`, { cause });
  }
  return collectResponse(name, response, options);
}

/** Reads the body of a response. */
export async function collectResponse(
  name: string,
  { ok, status, body, headers }: Response,
  options: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!ok || !body) refuse("invalid-model", name, words(`the status ${status}`), "a file at this address");
  // Of a compressed body the length is another one.
  const declared = headers.has("content-encoding") ? 0 : Number(headers.get("content-length"));
  return collect(name, body, options, declared || undefined);
}

/** Bytes that are allocated at most before they arrive. */
const MOST_AT_FIRST = 2 ** 27;

/** Reads a stream to its end. */
export async function collect(
  name: string,
  stream: ReadableStream<Uint8Array>,
  { most, signal, received }: DownloadOptions,
  total?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(Math.max(0, Math.min(total ?? 0, most, MOST_AT_FIRST)));
  let length = 0;
  const reader = stream.getReader();
  // A stream that stalls would not hear of the signal.
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  signal?.addEventListener("abort", cancel);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) return bytes.subarray(0, length);
      if (length + value.length > most) refuse("invalid-model", name, words("more"), `at most ${most} bytes`);
      if (length + value.length > bytes.length) {
        const larger = new Uint8Array(Math.min(most, Math.max(length + value.length, 2 * bytes.length)));
        larger.set(bytes.subarray(0, length));
        bytes = larger;
      }
      bytes.set(value, length);
      length += value.length;
      received?.(value.length, total);
    }
  } catch (cause) {
    // The failure is reported; that of cancelling what failed adds nothing.
    await reader.cancel().catch(() => undefined);
    if (cause instanceof ConvError) throw cause;
    throw signal?.aborted
      ? signal.reason
      : new ConvError("invalid-model", `${name}: it broke off (${messageOf(cause)})`, { cause });
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : describe(cause);
}
