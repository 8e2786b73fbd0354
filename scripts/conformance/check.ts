import type { Conversation } from './conversation.ts'
import type { Fixtures, Subscriber } from './fixtures.ts'

/** What a line is like by its own pre-check: nothing in the way, unpaid bills, or agreements to end. */
export type Kind = 'clean' | 'arrears' | 'agreements' | 'premium'

/** No line of the kind a check needs was given. */
export class NothingToTryOn extends Error {}

export interface Scene {
  bss: Conversation
  fixtures: Fixtures
  /** A line nobody has used yet; throws `NothingToTryOn`. It is used up by taking it. */
  take(kind: Kind): Subscriber
  /** A line to ask about only; may be the same for several checks. */
  look(kind: Kind): Subscriber
  /** How long to wait for a review. */
  patienceMs: number
  newId(): string
  now(): number
}

/** One rule of the port, tried on the system. */
export interface Check<S = Scene> {
  id: string
  title: string
  /** Changes the test base: left out with `--read-only`. */
  changes: boolean
  run(scene: S): Promise<void>
}
