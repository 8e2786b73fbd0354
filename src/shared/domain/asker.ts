import { z } from 'zod'

/** Who may ask for a cancellation (product row 3), in the order of the keys 1 to 6. */
export const askers = ['holder', 'agent', 'guardian', 'heir', 'organisation', 'disowned'] as const
export const askerSchema = z.enum(askers)
export type Asker = z.infer<typeof askerSchema>

/** Roles of TM Forum relatedParty: whose number it is, and who stands at the counter when that is somebody else. */
export const partyRoles = ['holder', 'agent', 'guardian', 'heir', 'handler'] as const
export const partyRoleSchema = z.enum(partyRoles)
export type PartyRole = z.infer<typeof partyRoleSchema>

/** The role of the second person; undefined where the holder asks alone (also for a number the holder never opened). */
export function secondRole(asker: Asker): Exclude<PartyRole, 'holder'> | undefined {
  switch (asker) {
    case 'holder':
    case 'disowned':
      return undefined
    case 'organisation':
      return 'handler'
    default:
      return asker
  }
}
