// Asks a dedicated worker one question. The worker ends with the answer, or at once when the signal aborts.

export function askWorker<Answer extends object>(
  worker: Worker,
  question: unknown,
  signal: AbortSignal,
): Promise<Exclude<Answer, { readonly failed: string }>> {
  return new Promise<Answer>((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")), { once: true });
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => resolve(data));
    worker.addEventListener("error", ({ message }) => reject(new Error(message || "a worker could not be started")));
    worker.postMessage(question, []);
  })
    .finally(() => worker.terminate())
    .then((answer) => {
      if ("failed" in answer) throw new Error(String(answer.failed));
      return answer as Exclude<Answer, { readonly failed: string }>;
    });
}
