import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../../service/src/auth/secrets.ts'
import { decodePicture } from '../../../service/src/identity/pictures.ts'

const pngStart = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const picture = (content: Uint8Array, mediaType = 'image/png') => ({
  mediaType,
  sha256: sha256Hex(content),
  contentBase64: Buffer.from(content).toString('base64'),
})
const codeOf = (result: ReturnType<typeof decodePicture>) => (result.ok ? 'ok' : result.error.code)

describe('papers', () => {
  it('gives back exactly the bytes that were sent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (rest) => {
        const content = Uint8Array.from([...pngStart, ...rest])
        const decoded = decodePicture(picture(content), 'portrait')
        expect(decoded.ok && Buffer.from(decoded.value).equals(Buffer.from(content))).toBe(true)
      }),
    )
  })

  it('notices any changed byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (rest, at) => {
        const sent = picture(Uint8Array.from([...pngStart, ...rest]))
        const changed = Buffer.from(sent.contentBase64, 'base64')
        const index = at % changed.length
        changed[index] = changed[index]! ^ 1
        expect(codeOf(decodePicture({ ...sent, contentBase64: changed.toString('base64') }, 'x'))).toBe(
          'picture.hashMismatch',
        )
      }),
    )
  })

  it('takes a page for a page only when it is one', () => {
    const html = (text: string) => codeOf(decodePicture(picture(Buffer.from(text), 'text/html'), 'signedForm'))
    expect(html('<!doctype html><p>受理单')).toBe('ok')
    expect(html('\uFEFF  <html lang="zh-CN">')).toBe('ok')
    expect(html('<script>')).toBe('picture.unreadable')
    expect(html('<!doctype html>\0')).toBe('picture.unreadable')
    const broken = Uint8Array.from([...Buffer.from('<!doctype html>'), 0xff, 0xfe])
    expect(codeOf(decodePicture(picture(broken, 'text/html'), 'signedForm'))).toBe('picture.unreadable')
    expect(codeOf(decodePicture(picture(Uint8Array.from(pngStart), 'image/gif'), 'x'))).toBe('picture.unreadable')
  })
})
