import { loadSqlite } from '../../../src/main/core/storage/database.ts'

/** SQLite's memory in this process, which all worlds share. */
export interface SqliteMemory {
  /** Closes every database that is still open. */
  giveBack(): void
}

/**
 * Notes every database that is opened: a life that ends with a power cut leaves its database behind, as a real cut would leave nothing.
 * After its world is over it can be given back, so that one process lasts for thousands of seeds.
 */
export async function watchSqliteMemory(): Promise<SqliteMemory> {
  const sqlite = await loadSqlite()
  const open = new Set<InstanceType<typeof sqlite.Database>>()
  sqlite.Database = class extends sqlite.Database {
    constructor(...given: ConstructorParameters<typeof sqlite.Database>) {
      super(...given)
      open.add(this)
    }

    override close() {
      open.delete(this)
      super.close()
    }
  }
  return {
    giveBack() {
      for (const database of open) database.close()
    },
  }
}
