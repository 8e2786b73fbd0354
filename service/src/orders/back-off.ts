/** Seconds until the next attempt: doubling from the first to the longest, spread a little so that orders do not come back in step. */
export function backOffSeconds(
  attempts: number,
  timing: { retryFirstSeconds: number; retryLongestSeconds: number },
): number {
  const doubled = timing.retryFirstSeconds * 2 ** Math.min(attempts, 20)
  return Math.min(doubled, timing.retryLongestSeconds) * (0.8 + Math.random() * 0.4)
}
