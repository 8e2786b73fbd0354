import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const known: Record<string, number> = JSON.parse(readFileSync(new URL('durations.json', import.meta.url), 'utf8'))

/**
 * The order of files: those that take longest begin first, so that none of them is left to run alone at the end. How long each took is
 * in `durations.json` (seconds on a quiet machine with two cores); what is not in there is short, and comes in Vitest's own order.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const root = this.ctx.config.root
    const seconds = ({ moduleId }: TestSpecification) => known[relative(root, moduleId).replaceAll('\\', '/')] ?? 0
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => group(a) - group(b) || seconds(b) - seconds(a))
  }
}
