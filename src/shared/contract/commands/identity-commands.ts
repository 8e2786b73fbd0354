import { z } from 'zod'
import { askerSchema } from '../../domain/asker.ts'
import { identityDocumentSchema } from '../../domain/identity-document.ts'
import { msisdnSchema } from '../../domain/scalars.ts'
import type { OneTimeCodeAnswer } from '../../protocol/identity.ts'
import { attachmentKindSchema, relationSchema } from '../../protocol/jobs.ts'
import type { CaseView } from '../views.ts'
import { caseOnly, command, counter, pictureFileSchema, readers } from './define.ts'

/** Who asks, their papers, and the proof. */
export const identityCommands = {
  /** Who asks; another choice voids what was proved and collected for the one before. */
  'case.saveAsker': command<CaseView>()(counter, caseOnly.extend({ asker: askerSchema })),
  /** The document of the person who asks for the holder. */
  'case.saveSecond': command<CaseView>()(
    counter,
    caseOnly.extend({ document: identityDocumentSchema, relation: relationSchema.optional() }),
  ),
  'case.saveDocument': command<CaseView>()(counter, caseOnly.extend({ document: identityDocumentSchema })),
  'case.capture': command<CaseView>()(
    counter,
    caseOnly.extend({
      kind: attachmentKindSchema.exclude(['signedForm']),
      /** Absent: taken from the capture station. Present: a file the clerk chose. */
      file: pictureFileSchema.optional(),
    }),
  ),
  'case.attachment': command<{ mediaType: string; contentBase64: string }>()(
    readers,
    caseOnly.extend({ attachmentId: z.uuid() }),
  ),
  'case.sendOneTimeCode': command<OneTimeCodeAnswer>()(counter, caseOnly),
  'case.prove': command<CaseView>()(
    counter,
    caseOnly.extend({
      servicePassword: z.string().min(1).max(32).optional(),
      oneTimeCode: z
        .string()
        .regex(/^\d{6}$/)
        .optional(),
      oftenCalledNumbers: z.array(msisdnSchema).max(5).default([]),
    }),
  ),
  'case.preCheck': command<CaseView>()(counter, caseOnly),
} as const
