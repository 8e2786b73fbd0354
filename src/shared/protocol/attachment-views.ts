import type { AttachmentKind } from './jobs.ts'

/** Papers as cameras and home provinces name them. */
export const attachmentViews = {
  documentFront: 'document-front',
  documentBack: 'document-back',
  portrait: 'portrait',
  signedForm: 'signed-form',
  secondDocumentFront: 'second-document-front',
  secondDocumentBack: 'second-document-back',
  authorisationLetter: 'authorisation-letter',
  guardianshipProof: 'guardianship-proof',
  householdRegister: 'household-register',
  deathProof: 'death-proof',
  kinshipProof: 'kinship-proof',
  organisationLetter: 'organisation-letter',
  disownedDeclaration: 'disowned-declaration',
  releaseForm: 'release-form',
  otherPaper: 'other-paper',
} as const satisfies Record<AttachmentKind, string>
export type AttachmentView = (typeof attachmentViews)[AttachmentKind]
