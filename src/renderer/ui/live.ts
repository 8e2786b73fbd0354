import { useEffect } from 'react'
import type { EventName } from '../../shared/contract/events.ts'
import { useApp } from '../app-store.ts'
import { subscribe } from '../client.ts'

/** Many events in a row (a draining outbox) ask once. */
const pauseMs = 120

/** Asks when the screen opens, when one of these events comes, and when the core comes back. `reload` must be stable. */
export function useLive(events: readonly EventName[], reload: () => void): void {
  const epoch = useApp((state) => state.epoch)
  const names = events.join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: a returned core (epoch) asks again
  useEffect(() => {
    reload()
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = subscribe((event) => {
      if (!names.split(' ').includes(event.name)) return
      timer ??= setTimeout(() => {
        timer = undefined
        reload()
      }, pauseMs)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [names, reload, epoch])
}
