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
 * Connects a pair of Start and Stop buttons: one starts its own activity, unless another is running, the other stops it.
 * @returns the functions to call at the start and at the end of the activity; the focus follows the button that can be pressed
 */
export function startAndStop(
  start: HTMLButtonElement,
  stop: HTMLButtonElement,
  begin: () => Promise<void>,
): { began(): void; ended(): void } {
  onActivity((busy) => {
    start.disabled = busy;
  });
  start.addEventListener("click", () => void begin());
  stop.addEventListener("click", stopActivity);
  return {
    began() {
      stop.disabled = false;
      stop.focus();
    },
    ended() {
      const focused = document.activeElement === stop || document.activeElement === document.body;
      stop.disabled = true;
      if (focused) start.focus();
    },
  };
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
