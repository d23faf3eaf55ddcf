// Downloads of the files of models: with a limit, a signal, and every chunk reported.
import { ConvError, describe, refuse, words } from "../base/error.ts";

export interface DownloadOptions {
  /** The most bytes that the file may have. */
  readonly most: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of each chunk as it arrives. */
  readonly received?: (bytes: number) => void;
}

/**
 * Returns the bytes of a file.
 * @throws ConvError `invalid-model` with the address, if it is not there or has more bytes; the signal's reason if it is aborted
 */
export async function download(
  address: string | URL,
  { most, signal, received }: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const name = String(address);
  let response: Response;
  try {
    response = await fetch(address, signal && { signal });
  } catch (cause) {
    throw signal?.aborted
      ? signal.reason
      : new ConvError("invalid-model", `${name}: not to be had (${messageOf(cause)})`, { cause });
  }
  if (!response.ok || !response.body)
    refuse("invalid-model", name, words(`the status ${response.status}`), "a file at this address");
  const declared = Number(response.headers.get("content-length") ?? 0);
  return collect(name, response.body, { most, signal, received }, declared);
}

/** Reads a stream to its end. `expected` bytes are allocated at first. */
export async function collect(
  name: string,
  stream: ReadableStream<Uint8Array>,
  { most, signal, received }: DownloadOptions,
  expected = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(Math.min(expected, most));
  let length = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) return bytes.subarray(0, length);
      if (length + value.length > most) refuse("invalid-model", name, words("more"), `at most ${most} bytes`);
      if (length + value.length > bytes.length) {
        const larger = new Uint8Array(Math.min(most, Math.max(length + value.length, 2 * bytes.length)));
        larger.set(bytes.subarray(0, length));
        bytes = larger;
      }
      bytes.set(value, length);
      length += value.length;
      received?.(value.length);
    }
  } catch (cause) {
    // The failure is reported; that of cancelling what failed adds nothing.
    await reader.cancel().catch(() => undefined);
    if (cause instanceof ConvError) throw cause;
    throw signal?.aborted
      ? signal.reason
      : new ConvError("invalid-model", `${name}: it broke off (${messageOf(cause)})`, { cause });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : describe(cause);
}
