import type { Port } from '../../../service/src/connectors/ports/port.ts'
import type { Conversation } from '../conversation.ts'

/** What checks of a provider's port work with. */
export interface ProviderScene<Fixtures> {
  system: Conversation
  port: Port
  fixtures: Fixtures
  /** How long to wait for what takes time. */
  patienceMs: number
  newId(): string
  now(): number
}
