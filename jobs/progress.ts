/** Lets through at most one call a second, and never two at once: what is told more often is left out. */
export function everySecond<Progress>(
  tell: (progress: Progress) => Promise<unknown>,
): (progress: Progress) => void {
  let last = 0;
  let busy = false;
  return (progress) => {
    const now = performance.now();
    if (busy || now - last < 1000) return;
    last = now;
    busy = true;
    // Progress is a courtesy: a lost one does no harm, and the run itself must not fail for it.
    tell(progress).then(
      () => {
        busy = false;
      },
      () => {
        busy = false;
      },
    );
  };
}
