import { join } from 'node:path'
import { z } from 'zod'
import type { Settings } from '../core/ports.ts'
import { readPrivateFile, writePrivateFile } from '../devices/machine/private-file.ts'

const preferencesSchema = z.object({ language: z.enum(['zh-CN', 'en']) })

/** Preferences in a small file. What cannot be read counts as never set. */
export function createFileSettings(folder: string): Settings {
  const path = join(folder, 'preferences.json')
  let preferences = read()

  function read() {
    try {
      const parsed = preferencesSchema.safeParse(JSON.parse(readPrivateFile(path)?.toString() ?? '{}'))
      if (parsed.success) return parsed.data
    } catch {
      // A broken file of preferences is worth nothing; the next choice writes a new one.
    }
    return { language: 'zh-CN' as const }
  }
  return {
    read: () => preferences,
    async write(next) {
      writePrivateFile(path, JSON.stringify(next))
      preferences = next
    },
  }
}
