/** Something that waits to be taken in with others. */
export interface Gathered {
  /** Whose it is: a set holds one of each owner, so that nobody fills the sets alone. */
  owner: string
  /** What it has to wait for while another of the same is under way: two sets at one place would stand in each other's way. */
  place: string
  /** How many jobs it brings. */
  jobs: number
}

export interface GatherLimits {
  /** Most jobs of one set; a larger delivery goes alone. */
  jobsPerSet: number
  /** How many sets are under way at the same time. */
  atATime: number
  /** Jobs that must wait for a set to start beside another that is under way: larger sets cost less per job. */
  worthASecond: number
  /** The longest anybody waits for company beside a set under way. */
  longestPauseMs: number
}

/** Draws deliveries together into sets. */
export interface Gatherer<Item extends Gathered, Answer> {
  take(item: Item): Promise<Answer>
  /** Milliseconds the one in front has been waiting. */
  longestWait(): number
  /** Jobs waiting. */
  waiting(): number
  /** Deliveries of an owner that wait. */
  waitingOf(owner: string): number
}

/**
 * Creates the gatherer: group commit for deliveries. While sets are under way the next ones gather, first come first served; an idle
 * service takes in a single delivery at once. `run` answers in the order of its items. `alone` names owners who get a set for themselves.
 */
export function createGatherer<Item extends Gathered, Answer>(
  limits: GatherLimits,
  parts: {
    run(items: Item[]): Promise<(Answer | Promise<Answer>)[]>
    alone(owner: string): boolean
    monotonic(): number
  },
): Gatherer<Item, Answer> {
  interface Waiting {
    item: Item
    since: number
    resolve(answer: Answer | Promise<Answer>): void
    reject(error: unknown): void
  }
  let waiting: Waiting[] = []
  let waitingJobs = 0
  let setsUnderWay = 0
  let soon = false
  let later = false
  const placesUnderWay = new Set<string>()
  const deliveriesOf = new Map<string, number>()

  /** The next set, in order of arrival; empty when everybody who waits is under way with something else. */
  function nextSet(): Waiting[] {
    const set: Waiting[] = []
    const left: Waiting[] = []
    const owners = new Set<string>()
    let jobs = 0
    let closed = false
    for (const one of waiting) {
      const { owner, place } = one.item
      const byItself = parts.alone(owner)
      const fits = set.length === 0 || (!byItself && jobs + one.item.jobs <= limits.jobsPerSet)
      if (closed || placesUnderWay.has(place) || owners.has(owner) || !fits) {
        left.push(one)
        // What it brings later must not overtake what it brought first.
        owners.add(owner)
        continue
      }
      set.push(one)
      owners.add(owner)
      jobs += one.item.jobs
      if (byItself) closed = true
    }
    waiting = left
    return set
  }

  async function go(set: Waiting[]) {
    setsUnderWay += 1
    for (const { item } of set) {
      placesUnderWay.add(item.place)
      waitingJobs -= item.jobs
      const left = (deliveriesOf.get(item.owner) ?? 1) - 1
      if (left > 0) deliveriesOf.set(item.owner, left)
      else deliveriesOf.delete(item.owner)
    }
    let tell: () => void
    try {
      const answers = await parts.run(set.map(({ item }) => item))
      tell = () => {
        for (const [index, { resolve }] of set.entries()) resolve(answers[index]!)
      }
    } catch (error) {
      tell = () => {
        for (const { reject } of set) reject(error)
      }
    }
    setsUnderWay -= 1
    for (const { item } of set) placesUnderWay.delete(item.place)
    // The database gets its next set first: telling everybody of this one takes long enough for it to idle.
    start()
    plan()
    setImmediate(tell)
  }

  function mayStart(): boolean {
    if (setsUnderWay === 0) return true
    if (setsUnderWay >= limits.atATime) return false
    return waitingJobs >= limits.worthASecond || longestWait() >= limits.longestPauseMs
  }

  function longestWait(): number {
    return waiting[0] ? parts.monotonic() - waiting[0].since : 0
  }

  function start() {
    soon = false
    while (mayStart()) {
      const set = nextSet()
      if (set.length === 0) return
      void go(set)
    }
  }

  /** At the end of this turn of the event loop: whoever arrived in the same turn goes along. */
  function plan() {
    if (waiting.length === 0 || setsUnderWay >= limits.atATime) return
    if (mayStart()) {
      if (soon) return
      soon = true
      setImmediate(start)
    } else if (!later) {
      later = true
      setTimeout(() => {
        later = false
        plan()
      }, limits.longestPauseMs)
    }
  }

  return {
    take: (item) =>
      new Promise<Answer>((resolve, reject) => {
        waiting.push({ item, since: parts.monotonic(), resolve, reject })
        waitingJobs += item.jobs
        deliveriesOf.set(item.owner, (deliveriesOf.get(item.owner) ?? 0) + 1)
        plan()
      }),
    longestWait,
    waiting: () => waitingJobs,
    waitingOf: (owner) => deliveriesOf.get(owner) ?? 0,
  }
}
