// Only one thing is measured at a time: two would slow each other down. Each gets a signal that tells it to stop.

let controller: AbortController | undefined;
const listeners = new Set<(busy: boolean) => void>();

/** Calls the listener when an activity starts or ends. */
export function onActivity(listener: (busy: boolean) => void): void {
  listeners.add(listener);
}

function tell(): void {
  for (const listener of listeners) listener(controller !== undefined);
}

/** Stops the current activity. */
export function stopActivity(): void {
  controller?.abort(new DOMException("stopped", "AbortError"));
}

/**
 * Starts an activity unless another is running.
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
