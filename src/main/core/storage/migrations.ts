/** A numbered change of the schema. Once released it never changes; a correction is a new migration. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  version: number
  name: string
  /** Statements in order; they run in one journaled transaction and must not depend on time or chance. */
  statements: readonly string[]
}
