import { cpus, loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

/** How busy the machine was with other things when a round began. */
export interface Surroundings {
  /** One-minute load average; the benchmark's own earlier rounds count into it. */
  load: number
  /** Share of processor time nobody used just before the round, 0 to 1. */
  idle: number
}

const enough = 0.85
const patienceMs = 20_000

function times(): { idle: number; all: number } {
  let idle = 0
  let all = 0
  for (const { times: t } of cpus()) {
    idle += t.idle
    all += t.user + t.nice + t.sys + t.irq + t.idle
  }
  return { idle, all }
}

/** Waits for a moment in which nobody else computes, 20 seconds at most, and says how quiet it became. */
export async function quietMoment(): Promise<Surroundings> {
  const until = performance.now() + patienceMs
  for (;;) {
    const before = times()
    await pause(400)
    const after = times()
    const idle = (after.idle - before.idle) / Math.max(1, after.all - before.all)
    if (idle >= enough || performance.now() > until) return { load: loadavg()[0] ?? 0, idle }
  }
}
