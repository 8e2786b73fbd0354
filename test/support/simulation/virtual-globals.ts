import { webcrypto } from 'node:crypto'
import type { Chance } from './chance.ts'
import type { Scheduler } from './scheduler.ts'

/** A timer as the code under test uses them. */
interface VirtualTimer {
  refresh(): VirtualTimer
  ref(): VirtualTimer
  unref(): VirtualTimer
  hasRef(): boolean
  cancel(): void
}

/** Longest a virtual timer may be set for, as in Node: beyond it means at once. */
const longestTimerMs = 2 ** 31 - 1

/** The database engine keeps time for itself, as a server of its own would; it is no part of the world. */
function isDatabaseEngine(): boolean {
  const { stackTraceLimit } = Error
  // Its own lines are the innermost; the rest of the stack would cost more than the timer.
  Error.stackTraceLimit = 4
  const { stack } = new Error()
  Error.stackTraceLimit = stackTraceLimit
  return stack?.includes('@electric-sql/pglite') ?? false
}

/**
 * Puts virtual timers and chance in the place of the real ones, and takes the only thing away that would run on other threads:
 * signing and verifying. The device's proofs keep their claims (time, address, id), which the simulated front checks; the signature itself is
 * covered by the service's own tests. Returns what puts everything back.
 */
export async function virtualGlobals(scheduler: Scheduler, chance: Chance): Promise<() => void> {
  const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = globalThis
  const { random } = Math
  const subtle = globalThis.crypto.subtle
  const pair = (await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair

  const rules = (await webcrypto.subtle.generateKey({ name: 'Ed25519' }, true, [
    'sign',
    'verify',
  ])) as unknown as webcrypto.CryptoKeyPair

  function virtualTimeout(work: (...args: unknown[]) => unknown, milliseconds = 0, ...args: unknown[]) {
    if (isDatabaseEngine()) return setTimeout(work, milliseconds, ...args)
    const delay = milliseconds > longestTimerMs ? 1 : milliseconds
    const start = () => scheduler.after(delay, () => work(...args))
    let cancel = start()
    const timer: VirtualTimer = {
      refresh() {
        cancel()
        cancel = start()
        return timer
      },
      ref: () => timer,
      unref: () => timer,
      hasRef: () => true,
      cancel: () => cancel(),
    }
    return timer
  }

  const virtual = {
    setTimeout: virtualTimeout,
    clearTimeout: (timer: VirtualTimer | NodeJS.Timeout | undefined) =>
      timer && 'cancel' in timer ? timer.cancel() : clearTimeout(timer),
    setImmediate: (work: (...args: unknown[]) => unknown, ...args: unknown[]) =>
      scheduler.after(0, () => work(...args)),
  }
  Object.assign(globalThis, virtual)
  Math.random = () => chance.next()
  const importKey = async (_format: string, _key: unknown, algorithm: { name: string } | string) =>
    (typeof algorithm === 'string' ? algorithm : algorithm.name) === 'Ed25519' ? rules.publicKey : pair.privateKey
  Object.defineProperty(subtle, 'importKey', { configurable: true, value: importKey })
  Object.defineProperty(subtle, 'verify', { configurable: true, value: async () => true })
  Object.defineProperty(subtle, 'sign', { configurable: true, value: async () => new Uint8Array(64) })
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate })
    Math.random = random
    Reflect.deleteProperty(subtle, 'importKey')
    Reflect.deleteProperty(subtle, 'sign')
    Reflect.deleteProperty(subtle, 'verify')
  }
}
