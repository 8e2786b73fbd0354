import { execFileSync } from 'node:child_process'
import { existsSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const present = resolve(import.meta.dirname, '../..')

/** A commit of the history, checked out beside this one with the same node_modules. */
export interface BuildOfCommit {
  folder: string
  /** `abc1234 0013-uploads Take papers in parts`: the commit, the last migration it knows, and what it was for. */
  title: string
  /** The last migration it knows: what the floor of the schema is compared with. */
  lastMigration: string
  remove(): void
}

const git = (...args: string[]) => execFileSync('git', args, { cwd: present, encoding: 'utf8' }).trim()

/** Checks a commit out below `folder`. Throws when this clone does not reach as far back. */
export function buildOfCommit(commit: string, folder: string): BuildOfCommit {
  const name = git('rev-parse', '--short', `${commit}^{commit}`)
  const place = join(folder, `build-${name}`)
  git('worktree', 'add', '--quiet', '--force', '--detach', place, name)
  const modules = join(place, 'node_modules')
  if (!existsSync(modules)) symlinkSync(realpathSync(join(present, 'node_modules')), modules)
  const migrations = git('ls-tree', '--name-only', `${name}:service/src/database/migrations`).split('\n').sort()
  const last = migrations.at(-1)?.replace(/\.ts$/, '') ?? '?'
  return {
    folder: place,
    lastMigration: last,
    title: `${name} ${last} ${git('log', '-1', '--format=%s', name)}`,
    remove() {
      rmSync(place, { recursive: true, force: true })
      git('worktree', 'prune')
    },
  }
}
