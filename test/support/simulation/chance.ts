import { createHash } from 'node:crypto'
import { seeded } from '../seeded.ts'

/** Everything that is left to chance in one simulated world, drawn from its seed. */
export interface Chance {
  /** A number in [0, 1). */
  next(): number
  /** True with probability `share`. */
  happens(share: number): boolean
  /** A whole number between both ends, both included. */
  between(low: number, high: number): number
  pick<T>(list: readonly T[]): T
  /** A waiting time in milliseconds, exponentially distributed, at most twelve times the mean. */
  wait(meanMs: number): number
  /** `count` random bytes. */
  bytes(count: number): Uint8Array
  /** A source of its own for one part of the world, so that one part drawing more does not change the others. */
  branch(name: string): Chance
}

/** The chance of a seed. */
export function chanceOf(seed: string): Chance {
  const next = seeded(createHash('sha256').update(seed).digest().readUInt32LE(0))
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    happens: (share) => next() < share,
    between,
    pick: (list) => list[Math.floor(next() * list.length)]!,
    wait: (meanMs) => Math.round(Math.min(12, -Math.log(1 - next())) * meanMs),
    bytes: (count) => Uint8Array.from({ length: count }, () => between(0, 255)),
    branch: (name) => chanceOf(`${seed}/${name}`),
  }
}

/** UUIDv7 from virtual time and chance. */
export function virtualUuid(chance: Chance, now: number): string {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  const time = Math.max(0, Math.floor(now)).toString(16).padStart(12, '0')
  const random = chance.bytes(10)
  random[2] = (random[2]! & 0x3f) | 0x80
  const text = hex(random)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${text.slice(0, 3)}-${text.slice(4, 8)}-${text.slice(8)}`
}
