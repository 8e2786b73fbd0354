import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder of this run, removed at its end: what one file of tests has prepared there, the others need not prepare again. */
    runFolder: string
  }
}

/** Vitest calls this before the first file of a run; what it returns, after the last. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-run-'))
  // The user a database server runs as has to get in.
  chmodSync(folder, 0o755)
  project.provide('runFolder', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
