/** The little of PouchDB the benchmarks use. */
export interface Pouch {
  put(document: object): Promise<{ ok: boolean }>
  bulkDocs(documents: object[]): Promise<{ ok?: boolean; error?: boolean }[]>
  allDocs(options: object): Promise<{ total_rows: number; rows: { id: string; doc?: object }[] }>
  info(): Promise<{ doc_count: number }>
  close(): Promise<void>
}
export function openPouch(address: string, options?: object): Pouch
export function replicate(from: Pouch, to: Pouch, options?: object): Promise<{ ok: boolean; docs_written: number }>
export const pouchVersion: string
