import type { CommandInput } from '../../shared/contract/commands.ts'
import { fail, ok, type Result } from '../../shared/domain/result.ts'

export type PictureFile = NonNullable<CommandInput<'case.capture'>['file']>
export const pictureTypes = ['image/png', 'image/jpeg'] as const
/** What a picture may weigh after decoding (contract of `case.capture`). */
const largestBytes = 2 * 1024 * 1024

/** Reads a picture the clerk chose. Errors: `picture.unreadable` for another kind of file, `picture.tooLarge`. */
export async function readPictureFile(file: File): Promise<Result<PictureFile>> {
  const mediaType = pictureTypes.find((type) => type === file.type)
  if (!mediaType) return fail('picture.unreadable')
  if (file.size > largestBytes) return fail('picture.tooLarge')
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return ok({ mediaType, contentBase64: btoa(text) })
}
