import { z } from 'zod'

/** The papers of a case that are kept as pictures or forms. */
export const attachmentKinds = [
  'documentFront',
  'documentBack',
  'portrait',
  'signedForm',
  // of the person who asks for somebody else
  'secondDocumentFront',
  'secondDocumentBack',
  // what proves that they may
  'authorisationLetter',
  'guardianshipProof',
  'householdRegister',
  'deathProof',
  'kinshipProof',
  'organisationLetter',
  'disownedDeclaration',
  'releaseForm',
  'otherPaper',
] as const
export const attachmentKindSchema = z.enum(attachmentKinds)
export type AttachmentKind = z.infer<typeof attachmentKindSchema>
