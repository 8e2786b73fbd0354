import { uuidv7 } from 'uuidv7'
import type { Ids } from './ports.ts'

/** UUIDv7 (RFC 9562): time first, then the platform's secure random source. */
export const timeOrderedIds: Ids = { uuid: uuidv7 }
