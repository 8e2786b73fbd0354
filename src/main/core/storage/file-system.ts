/** An open file. Positions and lengths are bytes. Methods throw Node-style errors with `code` (ENOSPC, EIO …). */
export interface OpenFile {
  size(): number
  /**
   * Reads exactly `length` bytes, fewer only at the end of the file. The result may lie in `scratch` if that is long
   * enough: who reads a large file piece by piece need not take fresh memory for each.
   */
  read(position: number, length: number, scratch?: Buffer): Buffer
  /** Writes all bytes, or throws. */
  write(bytes: Uint8Array, position: number): void
  /** Returns when the content is on disk (fdatasync). */
  sync(): void
  /** The same without blocking the thread, so that the next transaction can be applied meanwhile. */
  syncSoon(): Promise<void>
  close(): void
}

/** Everything the store asks of a disk; the crash tests put a faulty one here. Paths use `/`. */
export interface FileSystem {
  /** Creates the folder and its parents; an existing one is fine. */
  makeFolder(path: string): void
  /** Names (without folder) of the files in a folder; empty when the folder does not exist. */
  list(path: string): string[]
  /** `create` fails with EEXIST when there is a file already; the others fail with ENOENT when there is none. */
  open(path: string, mode: 'read' | 'readWrite' | 'create'): OpenFile
  /** Replaces `to` atomically. */
  rename(from: string, to: string): void
  remove(path: string): void
  /** Makes names created, renamed or removed in the folder durable, where the platform can. */
  syncFolder(path: string): void
}

/** The Node error code of something thrown by a file system, or an empty string. */
export function fileErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Reads a whole file; `undefined` when it does not exist. Other errors are thrown. */
export function readWholeFile(files: FileSystem, path: string): Buffer | undefined {
  let file: OpenFile
  try {
    file = files.open(path, 'read')
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    return file.read(0, file.size())
  } finally {
    file.close()
  }
}

/** Replaces a small file so that a crash leaves either the old or the new content, never a mixture. */
export function replaceFile(files: FileSystem, folder: string, name: string, content: Uint8Array): void {
  const temporary = `${folder}/${name}.new`
  removeIfPresent(files, temporary)
  const file = files.open(temporary, 'create')
  try {
    file.write(content, 0)
    file.sync()
  } finally {
    file.close()
  }
  files.rename(temporary, `${folder}/${name}`)
  files.syncFolder(folder)
}

/** Removes a file; one that is not there is fine. */
export function removeIfPresent(files: FileSystem, path: string): void {
  try {
    files.remove(path)
  } catch (error) {
    if (fileErrorCode(error) !== 'ENOENT') throw error
  }
}
