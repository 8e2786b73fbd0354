declare global {
  interface String {
    /** ES2024, which the engine knows and the compiler's library here does not. */
    isWellFormed(): boolean
  }
}

/** Deeper than anything of the contract; what goes down further is nobody's request. */
const deepest = 40

/**
 * Whether every text of a value, names included, can be kept and read back as it is: no NUL, which PostgreSQL refuses, and no half of a
 * surrogate pair, which would come back as something else, so that a hash over it would no longer hold. Nothing that goes down for ever.
 */
export function isStorable(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return false
    const below: unknown[] = []
    for (const one of level) {
      if (typeof one === 'string') {
        if (!isStorableText(one)) return false
      } else if (typeof one === 'object' && one !== null && !ArrayBuffer.isView(one)) {
        if (Array.isArray(one)) for (const each of one) below.push(each)
        else for (const [name, each] of Object.entries(one)) below.push(name, each)
      }
    }
    level = below
  }
  return true
}

/** The same of one text. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
