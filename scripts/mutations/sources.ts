import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Edit } from './mutations.ts'

const root = resolve(import.meta.dirname, '../..')
const copied = ['src', 'service', 'test', 'resources', 'scripts']

/** A copy of the sources that may be broken at will. */
export interface SourceCopy {
  folder: string
  /** Breaks the copy; throws, naming the file, when a text is not there exactly once. Returns what mends it. */
  plant(edits: readonly Edit[]): () => void
  remove(): void
}

/** Copies the sources as they stand into a folder of the system's temporary files; dependencies are linked, not copied. */
export function copySources(): SourceCopy {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-mutations-'))
  const filter = (source: string) => !source.includes('node_modules')
  for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true, filter })
  for (const name of readdirSync(root).filter((file) => /\.(json|ts)$/.test(file)))
    cpSync(join(root, name), join(folder, name))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  return {
    folder,
    plant(edits) {
      const before = new Map<string, string>()
      for (const { file, find, replace } of edits) {
        const path = join(folder, file)
        const text = readFileSync(path, 'utf8')
        if (text.split(find).length !== 2)
          throw new Error(`${file} does not contain this text exactly once, so nothing can be planted:\n${find}`)
        if (!before.has(path)) before.set(path, text)
        writeFileSync(
          path,
          text.replace(find, () => replace),
        )
      }
      return () => {
        for (const [path, text] of before) writeFileSync(path, text)
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
