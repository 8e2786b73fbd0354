import { type RefObject, useRef } from 'react'
import { useApp } from '../../app-store.ts'
import type { PictureKind } from './deeds.ts'
import { useCase } from './use-case.ts'

const mediaTypes = ['image/png', 'image/jpeg'] as const
/** What a picture may weigh after decoding (contract of `case.capture`). */
const largestPicture = 2 * 1024 * 1024

async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(text)
}

/**
 * Takes pictures: from the capture station where there is one, otherwise from a file. `capture(kind, 'file')` always asks
 * for a file. Failures appear in the step under the picture's kind.
 */
export function useCapture() {
  const { run, patch } = useCase()
  const station = useApp((state) => state.view?.captureStation ?? false)
  const chooser = useRef<HTMLInputElement>(null)
  const wanted = useRef<PictureKind>('documentFront')

  function capture(kind: PictureKind, from?: 'file') {
    if (station && from !== 'file') void run('case.capture', { kind }, kind)
    else {
      wanted.current = kind
      chooser.current?.click()
    }
  }

  async function take(file: File) {
    const kind = wanted.current
    const mediaType = mediaTypes.find((type) => type === file.type)
    if (!mediaType || file.size > largestPicture) {
      const code = mediaType ? 'picture.tooLarge' : 'picture.unreadable'
      patch({ failure: { name: 'case.capture', subject: kind, error: { code } } })
      return
    }
    await run('case.capture', { kind, file: { mediaType, contentBase64: await base64Of(file) } }, kind)
  }

  return { capture, chooser: { input: chooser, take } }
}

/** The invisible file input behind `useCapture`; buttons and keys open it. */
export function PictureChooser({
  chooser,
}: {
  chooser: { input: RefObject<HTMLInputElement | null>; take(file: File): Promise<void> }
}) {
  return (
    <input
      ref={chooser.input}
      className="visually-hidden"
      type="file"
      accept={mediaTypes.join(',')}
      tabIndex={-1}
      aria-hidden="true"
      onChange={({ target }) => {
        const file = target.files?.[0]
        target.value = ''
        if (file) void chooser.take(file)
      }}
    />
  )
}
