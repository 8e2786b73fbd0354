import { readWholeFile } from '../../src/main/core/storage/file-system.ts'
import { segmentNumber } from '../../src/main/core/storage/journal-format.ts'
import { forSetAside, readKeyring } from '../../src/main/core/storage/keyring.ts'
import { createNodeFileSystem } from '../../src/main/core/storage/node-file-system.ts'
import { setAsideFolder } from '../../src/main/core/storage/repair.ts'
import { readSegment } from '../../src/main/core/storage/replay.ts'
import { sealedFolder } from '../../src/main/core/storage/sealed-folder.ts'
import { readSnapshot, snapshotGeneration } from '../../src/main/core/storage/snapshot.ts'
import { decodeWrites } from '../../src/main/core/storage/statement-codec.ts'

/**
 * What can still be read of the files that were set aside, one JSON line per frame, `{"file", "whole"}` per snapshot. Throws a sentence
 * when the key does not open the store.
 */
export function* setAsideLines(folder: string, key: Uint8Array): Generator<string> {
  const files = createNodeFileSystem()
  const reading = readKeyring(files, folder, key)
  if (reading.state !== 'open') throw new Error('this key does not open the store')
  const aside = `${folder}/${setAsideFolder}`
  const place = sealedFolder(files, aside, forSetAside(reading.keyring))
  for (const file of files.list(aside)) {
    // A second file of the same name got a number behind it.
    const name = file.replace(/\.\d+$/, '')
    const generation = snapshotGeneration(name)
    if (generation !== undefined && name === file) {
      yield JSON.stringify({ file, whole: readSnapshot(files, aside, generation, place.keyOf) !== undefined })
      continue
    }
    const number = segmentNumber(name)
    if (number === undefined) continue
    for (const found of readSegment(place, readWholeFile(files, `${aside}/${file}`)!, number).findings)
      if (found.kind === 'frame')
        yield JSON.stringify({ file, sequence: found.frame.sequence, writes: decodeWrites(found.frame.plain) })
  }
}
