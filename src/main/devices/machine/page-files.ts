import { stat } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'

/** Types of the files a built renderer consists of. Anything else is not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.txt': 'text/plain; charset=utf-8',
}

export interface PageFile {
  path: string
  type: string
  bytes: number
  /** The name contains the content's hash, so it never changes. */
  immutable: boolean
}

/**
 * The file of a built page for the path of a URL; undefined for everything that is not exactly one of its files. Encoded
 * separators, dots that climb and unknown types never reach the disk.
 */
export async function findPageFile(folder: string, urlPath: string): Promise<PageFile | undefined> {
  let path: string
  try {
    path = decodeURIComponent(urlPath)
  } catch {
    return undefined
  }
  if (!path.startsWith('/') || path.includes('\0') || path.includes('\\') || /(^|\/)\.{1,2}(\/|$)/.test(path))
    return undefined
  const file = resolve(join(folder, path === '/' ? 'index.html' : path))
  const type = types[extname(file)]
  if (!type || !file.startsWith(resolve(folder) + sep)) return undefined
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile()) return undefined
  return { path: file, type, bytes: found.size, immutable: /^\/assets\/.+-[\w-]{8}\.\w+$/.test(path) }
}
