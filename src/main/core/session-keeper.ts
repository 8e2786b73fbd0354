import type { Session } from '../../shared/protocol/device.ts'
import type { Emitter } from './emitter.ts'
import { deleteMeta, readMeta, writeMeta } from './meta.ts'
import type { Ports } from './ports.ts'
import type { Store, Transaction } from './storage/store.ts'

/** Who is signed in. The token lies in memory and in the encrypted store, so that a crash does not sign anyone out. */
export interface SessionKeeper {
  /** The living session; undefined when nobody is signed in or the token has expired. */
  current(): Session | undefined
  /** True when somebody was signed in until the token expired or the service withdrew it. */
  wasLost(): boolean
  /** Remembers a new session within the caller's transaction; call `began` after it. */
  write(tx: Transaction, session: Session): void
  began(session: Session): void
  /** Forgets the session within the caller's transaction; call `ended` after it. */
  erase(tx: Transaction): void
  ended(): void
  /** The service no longer accepts this token. Jobs stay where they are until somebody signs in again. */
  lost(token: string): void
}

/** Reads the session of the last run and keeps it from here on. */
export async function createSessionKeeper(store: Store, ports: Ports, events: Emitter): Promise<SessionKeeper> {
  let session = await readMeta(store, 'session')
  let wasLost = false

  function expire() {
    session = undefined
    wasLost = true
    void store.transaction(async (tx) => deleteMeta(tx, 'session')).catch(() => ports.log.warn('session.eraseFailed'))
    events.emit({ name: 'session.changed', payload: { signedIn: false } })
  }

  return {
    current() {
      if (session && session.expiresAt <= ports.clock.now()) expire()
      return session
    },
    wasLost: () => wasLost,
    write: (tx, next) => writeMeta(tx, 'session', next),
    began(next) {
      session = next
      wasLost = false
      events.emit({ name: 'session.changed', payload: { signedIn: true } })
    },
    erase: (tx) => deleteMeta(tx, 'session'),
    ended() {
      session = undefined
      wasLost = false
      events.emit({ name: 'session.changed', payload: { signedIn: false } })
    },
    lost(token) {
      if (session?.token === token) expire()
    },
  }
}
