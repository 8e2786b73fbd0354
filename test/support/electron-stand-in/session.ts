import type { CustomScheme, Session } from 'electron'
import { isReady } from './app.ts'
import { questions, record } from './control.ts'

type PageHandler = (request: Request) => Response | Promise<Response>
type RequestHandler = NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>
type CheckHandler = NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>

const pages = new Map<string, PageHandler>()
let onRequest: RequestHandler | undefined
let onCheck: CheckHandler | undefined

export const pageProtocol = {
  registerSchemesAsPrivileged(schemes: CustomScheme[]) {
    if (isReady()) throw new Error('schemes are registered before the app is ready')
    record('schemes', schemes)
  },
}

export const session = {
  defaultSession: {
    protocol: {
      handle(scheme: string, handler: PageHandler) {
        pages.set(scheme, handler)
      },
    },
    setPermissionRequestHandler(handler: RequestHandler | null) {
      onRequest = handler ?? undefined
    },
    setPermissionCheckHandler(handler: CheckHandler | null) {
      onCheck = handler ?? undefined
    },
  },
}

/** What the shell's own scheme answers; no handler is an answer of its own. */
export async function askPage(url: string, method = 'GET'): Promise<Response | undefined> {
  return pages.get(new URL(url).protocol.slice(0, -1))?.(new Request(url, { method }))
}

questions.set('askPage', async (url: string) => {
  const answer = await askPage(url)
  return answer && { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
})
questions.set('permission', async (permission: string) => {
  const asked = new Promise<boolean>((resolve) => {
    if (onRequest) onRequest({} as never, permission as never, resolve, {} as never)
    else resolve(true)
  })
  const checked = onCheck ? onCheck(null, permission as never, '', {} as never) : true
  return { request: await asked, check: checked }
})
