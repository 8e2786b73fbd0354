import { z } from 'zod'

/** A text of a pack in both languages; neither may be missing. */
export const bilingualSchema = z.object({ zh: z.string().trim().min(1), en: z.string().trim().min(1) }).strict()
export type Bilingual = z.infer<typeof bilingualSchema>
