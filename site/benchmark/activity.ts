// One thing is measured at a time: two at once would slow each other down. Whoever starts is told to stop by a signal.

let controller: AbortController | undefined;
const listeners = new Set<(busy: boolean) => void>();

/** Calls the listener whenever something starts or ends. */
export function onActivity(listener: (busy: boolean) => void): void {
  listeners.add(listener);
}

function tell(): void {
  for (const listener of listeners) listener(controller !== undefined);
}

/** Ends what is under way. */
export function stopActivity(): void {
  controller?.abort(new DOMException("stopped", "AbortError"));
}

/**
 * Does some work unless other work is under way.
 * @returns whether it was stopped
 */
export async function exclusively(work: (signal: AbortSignal) => Promise<void>): Promise<{ stopped: boolean }> {
  if (controller) throw new Error("something else is being measured");
  const own = new AbortController();
  controller = own;
  tell();
  try {
    await work(own.signal);
    return { stopped: false };
  } catch (error) {
    if (own.signal.aborted) return { stopped: true };
    throw error;
  } finally {
    controller = undefined;
    tell();
  }
}
