/** First wait after a failure, doubled from attempt to attempt. */
const firstDelayMs = 1_000
/** Nobody at the counter should wait longer than this after the network is back. */
export const longestJobDelayMs = 5 * 60_000
export const longestOfflineDelayMs = 30_000
/** A busy service may ask for so much peace; something in between that asks for days must not hold a counter that long. */
export const longestBusyDelayMs = 5 * 60_000
/** After this many answers that were no answer a person should look. */
export const maxAttempts = 40

/**
 * Milliseconds until the next try: exponential with "equal jitter", so that the counters of a region do not come back in
 * the same instant after an outage. `attempt` counts from 1, `random` is 0 ≤ x < 1.
 */
export function retryDelayMs(attempt: number, random: number, longestMs: number): number {
  const ceiling = Math.min(longestMs, firstDelayMs * 2 ** Math.min(attempt - 1, 20))
  return Math.round(ceiling / 2 + (ceiling / 2) * random)
}
