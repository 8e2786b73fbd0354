import { readFile } from 'node:fs/promises'
import { type Protocol, protocol } from 'electron'
import { findPageFile } from '../devices/machine/page-files.ts'
import { pageHeaders } from '../devices/machine/page-headers.ts'

/** The page's own scheme: `file:` would let it read the disk, `http:` would need a server. */
const pageScheme = 'app'
export const pageOrigin = `${pageScheme}://counterfoil`

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
