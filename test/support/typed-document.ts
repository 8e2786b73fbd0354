import type { IdentityDocument } from '../../src/shared/domain/identity-document.ts'

/** What the directory of the try-out world tells of somebody's document. */
interface DirectoryDocument {
  name: string
  identificationType: string
  identificationId: string
  issuingAuthority: string
  validFrom: string | null
  validTo: string | null
}

/** Somebody's document as a clerk types it in. */
export function typedDocument({ person }: { person: DirectoryDocument }): IdentityDocument {
  const { identificationType, identificationId, name, issuingAuthority, validFrom, validTo } = person
  return {
    identificationType: identificationType as IdentityDocument['identificationType'],
    identificationId,
    name,
    issuingAuthority,
    ...(validFrom ? { validFrom: validFrom as NonNullable<IdentityDocument['validFrom']> } : {}),
    validTo: validTo as IdentityDocument['validTo'],
    entry: 'manual',
    manualReason: 'noReader',
  }
}
