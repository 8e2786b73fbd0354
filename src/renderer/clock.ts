import { useEffect, useState } from 'react'
import { type Instant, instant } from '../shared/domain/calendar.ts'

/** The core's time, carried on with the window's own monotonic counter, so that a moved training clock is shown as it is. */
let base: { coreNow: number; at: number } = { coreNow: 0, at: 0 }

/** Takes over the core's time as told with `app.view`. */
export function setCoreTime(now: Instant): void {
  base = { coreNow: now, at: performance.now() }
}

/** The instant it is now at the core. */
export function coreNow(): Instant {
  return instant(base.coreNow + performance.now() - base.at)
}

/** The core's time, refreshed every `intervalMs` milliseconds: for ages and remaining lives on screen. */
export function useNow(intervalMs = 1000): Instant {
  const [now, setNow] = useState(coreNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(coreNow()), intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  return now
}
