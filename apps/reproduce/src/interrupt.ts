/** Exit code after Ctrl-C, as shells have it. */
export const INTERRUPTED = 130;

/** Milliseconds within which a second signal is of the same key press: npm passes on what the terminal has sent to us as well. */
const SAME_PRESS = 500;

/** Lets Ctrl-C ask some work to save and end; a second one ends the process at once. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let pressed = 0;
  const stop = () => {
    if (controller.signal.aborted) {
      if (performance.now() - pressed > SAME_PRESS) process.exit(INTERRUPTED);
      return;
    }
    pressed = performance.now();
    controller.abort();
    process.stderr.write('\nsaving after this step; press Ctrl-C again to end at once\n');
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
