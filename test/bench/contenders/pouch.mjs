// Plain JavaScript: the peers are installed by the benchmark only and have no part in the project's type check.
import PouchDB from 'pouchdb'

/** Opens a PouchDB on LevelDB in a folder, or the one a server offers under an address. */
export function openPouch(address, options = {}) {
  return new PouchDB(address, options)
}

/** Copies everything from one database to another; resolves when both have written the checkpoint. */
export function replicate(from, to, options = {}) {
  return PouchDB.replicate(from, to, options)
}

export const pouchVersion = PouchDB.version
