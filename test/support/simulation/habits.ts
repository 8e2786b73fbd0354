import type { ShellPorts } from '../../../src/main/core/ports.ts'
import type { Chance } from './chance.ts'

/** What is different at each counter of a world, all its lives long. */
export interface Habits {
  /** How many jobs travel together. Undefined: as many as in shops, more than a day here has. */
  jobsTogether: ShellPorts['jobsTogether'] | undefined
  /** Its customers come at the same time, so that there is work of several cases to send. */
  rush: boolean
  /** How many times longer than usual everything takes on its line. */
  slowness: number
}

/** A counter as in shops. */
export const usualHabits: Habits = { jobsTogether: undefined, rush: false, slowness: 1 }

/**
 * Draws the habits of a counter. A day here has no hundreds of jobs, as it takes to fill one usual batch: two of three counters send a few at
 * a time, and some of them over a line so slow that one batch has hardly set out when the next is ready. These meet two batches on
 * their way, and all that can happen to either.
 */
export function drawHabits(chance: Chance): Habits {
  if (chance.happens(1 / 3)) return usualHabits
  return {
    jobsTogether: { first: chance.between(1, 4), most: 4 },
    rush: chance.happens(0.7),
    slowness: chance.pick([1, 20, 40]),
  }
}
