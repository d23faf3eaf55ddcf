// Questions that Node asks a page, and their answers: plain data, since both travel between processes. An error would lose its message on
// the way, so it travels as data too.

export type Answer<T> = { readonly value: T } | { readonly error: string };

/** The functions by which a page answers. It is asked one question at a time. */
export type Questions<Q> = { [Name in keyof Q]: (...given: never[]) => Promise<Answer<unknown>> };

/** What a page answers to a question. */
export type Value<Q extends Questions<Q>, Name extends keyof Q> =
  Awaited<ReturnType<Q[Name]>> extends Answer<infer T> ? T : never;

/** A page that answers questions, or a stand-in for one. */
export interface Page<Q extends Questions<Q>> {
  /** @throws Error if the job failed (see `jobMessage`), the page is gone or it does not answer in time */
  readonly ask: <Name extends keyof Q & string>(name: Name, ...given: Parameters<Q[Name]>) => Promise<Value<Q, Name>>;
  close(): Promise<void>;
}

/** The page answered that a job failed; the next one may succeed. After any other error the page is gone. */
class JobError extends Error {}

/** In the page: runs a job and returns its value, or why it failed. */
export async function answer<T>(job: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await job() };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * In Node: waits for the page's answer to a question.
 * @param limit milliseconds after which the page counts as hanging
 * @throws JobError if the answer is an error
 */
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

/** Returns the message of a failed job; throws any other error again. */
export function jobMessage(error: unknown): string {
  if (error instanceof JobError) return error.message;
  throw error;
}
