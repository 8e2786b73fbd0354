import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { assemblePacks, groupPackFiles } from '../../../src/shared/domain/rules/assemble-packs.ts'
import { checkPacks } from '../../../src/shared/domain/rules/check/check-packs.ts'
import { type Finding, findingLine, findingSeverities } from '../../../src/shared/domain/rules/check/finding.ts'
import type { PackText } from '../../../src/shared/domain/rules/check/read-packs.ts'
import type { RulePack } from '../../../src/shared/domain/rules/rule-pack.ts'
import { sha256Hex } from '../auth/secrets.ts'

/** The file beside the packs that says which content each version has, and which set was checked as a whole. */
export const versionsFile = 'versions.lock'

/**
 * What is sealed of a folder: the digest of every version it ever held, and the digest of the set that passed the check. A set
 * sealed is not checked again when a service publishes it into an empty database.
 */
export const versionsSchema = z.object({ checked: z.string(), versions: z.record(z.string(), z.string()) })
export type SealedVersions = z.infer<typeof versionsSchema>

/** A folder of rule packs: the texts for whoever must name a line, the packs, and what is sealed of them. */
export interface PackFolder {
  files: readonly PackText[]
  packs: readonly RulePack[]
  sealed: SealedVersions | undefined
}

/** Names a set by the digests of its packs, in whatever order they come. */
export function digestOfSet(digests: readonly string[]): string {
  return sha256Hex([...digests].sort().join('\n'))
}

/** A set of packs that does not pass the check. The message has a line for each error: file, line, column, code and sentence. */
export class PacksRefused extends Error {
  readonly findings: readonly Finding[]
  constructor(findings: readonly Finding[]) {
    const lines = findings.map((finding) => findingLine(finding, 'en'))
    super(`the rule packs are refused, nothing was published\n${lines.join('\n')}`)
    this.findings = findings
  }
}

/** The findings that keep a set from being published. */
export function errorsOf(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ code }) => findingSeverities[code] === 'error')
}

function parsedPacks(files: readonly PackText[]): RulePack[] {
  try {
    return assemblePacks(files.map(({ name, text }) => ({ name, value: JSON.parse(text) as unknown })))
  } catch (error) {
    const errors = errorsOf(checkPacks(files).findings)
    // What cannot be put together has a place in a file; where the check sees none, the reason stands for itself.
    throw errors.length > 0 ? new PacksRefused(errors) : error
  }
}

/** Reads the packs (`*.json`) of a folder. Throws `PacksRefused` when one cannot be read, and an Error when there is none. */
export async function readPackFolder(folder: string): Promise<PackFolder> {
  const names = await readdir(folder)
  const read = async (name: string) => ({ name, text: await readFile(join(folder, name), 'utf8') })
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map(read),
  )
  if (files.length === 0) throw new Error(`${folder}: no rule pack`)
  const sealed = names.includes(versionsFile)
    ? versionsSchema.parse(JSON.parse((await read(versionsFile)).text))
    : undefined
  return { files, packs: parsedPacks(files), sealed }
}

/** The files of those packs of a folder that `wanted` names, each with its sections' files. */
export function filesOfPacks(files: readonly PackText[], wanted: (id: string, version: string) => boolean): PackText[] {
  return groupPackFiles(files).packs.flatMap(({ head, sections }) => {
    const { id, version } = JSON.parse(head.text) as { id: string; version: string }
    return wanted(id, version) ? [head, ...sections.map(({ file }) => file)] : []
  })
}
