/** Virtual time: nothing waits for real, everything happens in an order that only the seed decides. */
export interface Scheduler {
  /** UTC epoch milliseconds of the world. */
  now(): number
  /** Runs `work` after so many virtual milliseconds; returns what takes it back. */
  after(milliseconds: number, work: () => unknown): () => void
  sleep(milliseconds: number): Promise<void>
  /** Lets the world go on until the instant is reached. */
  runUntil(instant: number): Promise<void>
  /** Events so far. */
  readonly events: number
}

interface Event {
  at: number
  order: number
  work: (() => unknown) | undefined
}

const realImmediate = setImmediate

/** Lets every promise chain that can go on do so; only virtual time or a real turn of the loop could add to it. */
function settleChains(): Promise<void> {
  return new Promise((resolve) => realImmediate(resolve))
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** Creates a world's time, starting at `start`. */
export function createScheduler(start: number): Scheduler {
  const heap: Event[] = []
  let now = start
  let order = 0
  let events = 0

  function push(event: Event) {
    heap.push(event)
    let index = heap.length - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(heap[index]!, heap[parent]!)) break
      ;[heap[index], heap[parent]] = [heap[parent]!, heap[index]!]
      index = parent
    }
  }

  function pop(): Event {
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return first
    heap[0] = last
    for (let index = 0; ; ) {
      let least = index
      for (const child of [2 * index + 1, 2 * index + 2])
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child
      if (least === index) return first
      ;[heap[index], heap[least]] = [heap[least]!, heap[index]!]
      index = least
    }
  }

  function after(milliseconds: number, work: () => unknown): () => void {
    order += 1
    const event: Event = { at: now + Math.max(0, Math.round(milliseconds)), order, work }
    push(event)
    return () => {
      event.work = undefined
    }
  }

  return {
    now: () => now,
    after,
    sleep: (milliseconds) => new Promise((resolve) => void after(milliseconds, resolve)),
    get events() {
      return events
    },
    async runUntil(instant) {
      await settleChains()
      while (heap.length > 0 && heap[0]!.at <= instant) {
        const event = pop()
        if (!event.work) continue
        now = Math.max(now, event.at)
        events += 1
        event.work()
        await settleChains()
      }
      now = Math.max(now, instant)
    },
  }
}
