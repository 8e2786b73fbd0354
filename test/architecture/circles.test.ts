import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const folders = ['src', 'service/src', 'service/simulators', 'scripts']

/** Every file of this repository that a file imports, types as well: who reads one of a circle has to read all of it. */
function importsOf(text: string, file: string): string[] {
  return [...text.matchAll(/^(?:import|export)\b[^'"]*?['"](\.[^'"]+)['"]/gm)].map((found) =>
    relative(root, resolve(root, dirname(file), found[1]!)),
  )
}

function graph(): Map<string, string[]> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'))
      .map((name) => join(folder, name)),
  )
  return new Map(files.map((file) => [file, importsOf(readFileSync(join(root, file), 'utf8'), file)]))
}

/** Walks along the imports and names each way that comes back to where it has been. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const circles = new Set<string>()
  const done = new Set<string>()
  const walk = (file: string, way: readonly string[]) => {
    const at = way.indexOf(file)
    if (at >= 0) circles.add([...way.slice(at), file].join(' → '))
    if (at >= 0 || done.has(file)) return
    for (const next of imports.get(file) ?? []) walk(next, [...way, file])
    done.add(file)
  }
  for (const file of imports.keys()) walk(file, [])
  return [...circles]
}

describe('files', () => {
  test('do not import each other in circles', () => {
    expect(circlesIn(graph())).toEqual([])
  })

  test('are all seen by this rule, and a circle of any length is found', () => {
    const imports = graph()
    expect(imports.size).toBeGreaterThan(500)
    expect(imports.get('src/renderer/app.tsx')).toContain('src/renderer/routes.ts')
    const circle = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['a']],
    ])
    expect(circlesIn(circle)).toEqual(['a → b → d → a'])
  })
})
