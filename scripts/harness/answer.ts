// Questions that Node asks of a page. An error does not survive the way between them with its message intact, so it travels as data.

export type Answer<T> = { readonly value: T } | { readonly error: string };

/** The page answered that a job failed; the next one may succeed. Any other error means that the page is gone. */
class JobError extends Error {}

/** In the page: what a job gives, or why it failed. */
export async function answer<T>(job: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await job() };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** In Node: the page's answer to a question; throws a JobError where the answer is an error. A job of more than `limit` ms hangs. */
export async function ask<T>(question: Promise<Answer<T>>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, limit, new Error(`no answer from the page in ${limit / 1000} s`));
  });
  try {
    const given = await Promise.race([question, late]);
    if ("error" in given) throw new JobError(given.error);
    return given.value;
  } finally {
    clearTimeout(timer);
  }
}

/** The message of a failed job; throws again what is no such thing. */
export function jobMessage(error: unknown): string {
  if (error instanceof JobError) return error.message;
  throw error;
}
