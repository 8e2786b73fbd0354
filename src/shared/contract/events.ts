import type { ConnectionView } from './views.ts'

/** What the core tells the UI of its own accord. Payloads are small: the UI asks again for what it shows. */
export interface Events {
  'case.changed': { caseId: string }
  'outbox.changed': { waitingJobs: number; needsAttention: number }
  'connection.changed': ConnectionView
  'session.changed': { signedIn: boolean }
  /** Other rules are in force, or rules were refused. */
  'rules.changed': Record<string, never>
  /** A wish for a second person or a ticket came, was decided or closed. */
  'supervision.changed': Record<string, never>
}
export type EventName = keyof Events
/** An event as it travels to the renderer. */
export type AppEvent = { [N in EventName]: { name: N; payload: Events[N] } }[EventName]
