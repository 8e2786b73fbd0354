import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

const fontPackage = '@fontsource-variable/noto-sans-sc'

/** Folder of the font the counter ships, when it is installed here; machines without it use their own fonts. */
function fontFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${fontPackage}/package.json`))
  } catch {
    return undefined
  }
}

/** Serves the Chinese font to the pages, so that they read the same on a machine that has none. */
export function addFont(server: FastifyInstance): void {
  const folder = fontFolder()
  server.get('/fonts/index.css', async (_request, reply) => {
    const css = folder ? readFileSync(join(folder, 'index.css'), 'utf8') : ''
    return reply.type('text/css; charset=utf-8').header('cache-control', 'max-age=86400').send(css)
  })
  server.get('/fonts/files/:file', async (request, reply) => {
    const { file } = z.object({ file: z.string().regex(/^[\w-]+\.woff2$/) }).parse(request.params)
    const path = join(folder ?? '', 'files', file)
    if (!folder || !existsSync(path)) return reply.code(404).send({ error: 'notFound', message: 'No such font.' })
    return reply.type('font/woff2').header('cache-control', 'max-age=86400').send(readFileSync(path))
  })
}
