import type { Chance } from './chance.ts'
import type { Counter } from './counter.ts'
import type { FrontRecord } from './front.ts'
import type { HomeProvince } from './home-province.ts'
import { quiet } from './network.ts'
import type { Scheduler } from './scheduler.ts'
import type { ServiceProcess } from './service-process.ts'
import type { Trace } from './trace.ts'

/** Kinds of trouble; each seed has its own mix of them, so that rare combinations come up too. */
export const troubles = [
  'noise',
  'cuts',
  'longCut',
  'powerCuts',
  'diskStops',
  'diskFull',
  'clockJumps',
  'clockFarOff',
  'restarts',
  'serviceDeaths',
  'serviceAway',
  'sessions',
  'staffSuspended',
  'home',
] as const
export type Trouble = (typeof troubles)[number]

/** How likely a seed has each kind; the expensive ones are rarer. */
const shares: Record<Trouble, number> = {
  noise: 0.7,
  cuts: 0.6,
  longCut: 0.03,
  powerCuts: 0.5,
  diskStops: 0.5,
  diskFull: 0.25,
  clockJumps: 0.3,
  clockFarOff: 0.15,
  restarts: 0.2,
  serviceDeaths: 0.6,
  serviceAway: 0.3,
  sessions: 0.2,
  staffSuspended: 0.25,
  home: 0.4,
}

export function drawTroubles(chance: Chance): ReadonlySet<Trouble> {
  return new Set(troubles.filter((trouble) => chance.happens(shares[trouble])))
}

export interface Targets {
  scheduler: Scheduler
  chance: Chance
  trace: Trace
  counters: readonly Counter[]
  processes(): readonly ServiceProcess[]
  front: FrontRecord
  home: HomeProvince
  /** Keeps the service from being started again for so long. */
  serviceAway(milliseconds: number): void
  /** Lets the service take jobs of this person, or refuse them. */
  employ(staffId: string, active: boolean): Promise<void>
}

/** Lets trouble happen until `until`; afterwards nothing new begins, and `stop` ends what still lasts. */
export function startTroubles(mix: ReadonlySet<Trouble>, until: number, targets: Targets): { stop(): void } {
  const { scheduler, chance, trace, counters } = targets
  let over = false

  /** Again and again, on average every `meanMs`. */
  function often(trouble: Trouble, meanMs: number, work: (counter: Counter) => void) {
    if (!mix.has(trouble)) return
    const again = () =>
      scheduler.after(1_000 + chance.wait(meanMs), () => {
        if (over || scheduler.now() > until) return
        const counter = chance.pick(counters)
        trace.note(counter.name, 'trouble', trouble)
        work(counter)
        again()
      })
    again()
  }
  const forAWhile = (meanMs: number, back: () => void) => scheduler.after(500 + chance.wait(meanMs), back)

  if (mix.has('noise')) {
    const level = chance.pick([0.03, 0.1, 0.25])
    const share = () => (chance.happens(0.6) ? chance.next() * level : 0)
    for (const { line } of counters)
      line.noise = {
        losesRequest: share(),
        losesAnswer: share(),
        doubles: share() * 1.5,
        delays: share() / 2,
        interferes: share() / 2,
      }
  }
  often('cuts', 30_000, ({ line }) => {
    line.state = chance.pick(['cut', 'cut', 'halfOpen', 'deaf'])
    forAWhile(20_000, () => {
      if (line.state !== 'up') line.state = 'up'
    })
  })
  if (mix.has('longCut')) {
    const { line } = chance.pick(counters)
    scheduler.after(chance.wait(60_000), () => {
      line.state = chance.pick(['cut', 'halfOpen'])
    })
  }
  often('powerCuts', 50_000, (counter) => counter.cutPower())
  often('diskStops', 40_000, ({ disk }) => {
    disk.setFaults({ stopAt: chance.between(1, 25), ...(chance.happens(0.6) ? { tear: chance.next() } : {}) })
  })
  often('diskFull', 40_000, ({ disk }) => {
    const code = chance.pick(['ENOSPC', 'EIO'] as const)
    const times = chance.happens(0.4) ? chance.between(1, 3) : Number.POSITIVE_INFINITY
    disk.setFaults({ refuse: { at: chance.between(1, 8), code, times } })
    forAWhile(15_000, () => disk.setFaults({}))
  })
  const jump = (counter: Counter, largestMs: number) => {
    counter.clockAhead = Math.round((chance.next() * 2 - 1) * largestMs)
    forAWhile(60_000, () => {
      if (chance.happens(0.5)) counter.clockAhead = 0
    })
  }
  often('clockJumps', 40_000, (counter) => jump(counter, 110_000))
  often('clockFarOff', 50_000, (counter) => jump(counter, chance.pick([600_000, 86_400_000, 40 * 86_400_000])))
  often('restarts', 50_000, (counter) => void counter.close())
  often('serviceDeaths', 25_000, () => {
    const process = chance.pick(targets.processes())
    if (chance.happens(0.2)) process.kill()
    else process.dieAt(chance.between(1, 60), chance.pick(['diesBefore', 'diesAfter']))
  })
  often('serviceAway', 60_000, () => {
    targets.serviceAway(chance.wait(40_000))
    for (const process of targets.processes()) process.kill()
  })
  often('sessions', 50_000, () => targets.front.forgetSessions())
  often('staffSuspended', 45_000, ({ staff }) => {
    void targets.employ(staff.staffId, false)
    forAWhile(15_000, () => void targets.employ(staff.staffId, true))
  })
  if (mix.has('home')) targets.home.setTrouble(chance.pick([0.1, 0.4]))

  return {
    stop() {
      over = true
      targets.home.setTrouble(0)
      for (const process of targets.processes()) process.dieAt(Number.POSITIVE_INFINITY, 'diesBefore')
      for (const counter of counters) {
        void targets.employ(counter.staff.staffId, true)
        counter.line.state = 'up'
        counter.line.noise = quiet
        counter.clockAhead = 0
        counter.disk.setFaults({})
      }
    },
  }
}
