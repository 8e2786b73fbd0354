import { readFile } from 'node:fs/promises'
import { type Protocol, protocol } from 'electron'
import { findPageFile } from '../devices/machine/page-files.ts'

/** The page's own scheme: `file:` would let it read the disk, `http:` would need a server. */
const pageScheme = 'app'
export const pageOrigin = `${pageScheme}://counterfoil`

/** What the page may do; it loads nothing but its own files and talks to nobody but the preload. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
}

/** Must run before the app is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built page below `app://counterfoil`; every other host, method and path is refused. */
export function servePage(session: { protocol: Pick<Protocol, 'handle'> }, rendererFolder: string): void {
  session.protocol.handle(pageScheme, async (request) => {
    const url = new URL(request.url)
    const file =
      url.host === 'counterfoil' && request.method === 'GET'
        ? await findPageFile(rendererFolder, url.pathname)
        : undefined
    if (!file) return new Response('', { status: 404, headers: { ...pageHeaders } })
    return new Response(new Uint8Array(await readFile(file.path)), {
      headers: { ...pageHeaders, 'content-type': file.type },
    })
  })
}
