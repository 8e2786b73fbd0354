import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** A folder, what it may import from this repository, and which packages (prefix match; `node:` stands for Node itself). */
interface Layer {
  folder: string
  except?: string[]
  own: string[]
  packages: string[] | 'any'
}

const layers: Layer[] = [
  { folder: 'src/shared', own: ['src/shared'], packages: ['zod', '@marcbachmann/cel-js', 'mrz'] },
  {
    folder: 'src/main/core',
    except: ['src/main/core/storage'],
    own: ['src/shared', 'src/main/core'],
    packages: ['zod', 'jose', 'canonicalize', 'uuidv7'],
  },
  { folder: 'src/main/core/storage', own: ['src/shared', 'src/main/core'], packages: ['node:', 'sql.js', 'zod'] },
  { folder: 'src/main/devices', own: ['src/shared', 'src/main/core/ports', 'src/main/devices'], packages: ['node:'] },
  {
    folder: 'src/main/electron',
    own: [
      'src/shared',
      'src/main/core/app',
      'src/main/core/ports',
      'src/main/devices',
      'src/main/electron',
      'src/main/node',
    ],
    packages: ['node:', 'electron', 'electron-store', 'zod'],
  },
  {
    folder: 'src/main/node',
    own: ['src/shared', 'src/main/core/app', 'src/main/core/ports', 'src/main/devices', 'src/main/node'],
    packages: ['node:', 'zod', 'jose', 'canonicalize', 'uuidv7'],
  },
  { folder: 'src/preload', own: ['src/shared/contract', 'src/preload'], packages: ['electron'] },
  {
    folder: 'src/renderer',
    own: ['src/shared', 'src/renderer'],
    packages: ['react', 'antd', 'zustand', '@fontsource', '@tanstack/', 'signature_pad', 'qrcode.react', 'zod'],
  },
  { folder: 'service', own: ['src/shared', 'service', 'resources'], packages: 'any' },
]

const importPattern =
  /(?:^|\s)(?:import|export)\s[^'"();]*?from\s*['"]([^'"]+)['"]|(?:^|\s)import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules'))
}

function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8')
  return [...source.matchAll(importPattern)].map((match) => (match[1] ?? match[2] ?? match[3])!)
}

const within = (path: string, folder: string) =>
  path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}.`)

function offences(layer: Layer): string[] {
  const found: string[] = []
  for (const file of filesBelow(layer.folder)) {
    if (layer.except?.some((folder) => within(file, folder))) continue
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) {
        const target = relative(root, resolve(root, dirname(file), specifier))
        if (!layer.own.some((folder) => within(target, folder))) found.push(`${file} imports ${target}`)
      } else if (layer.packages !== 'any' && !layer.packages.some((name) => specifier.startsWith(name)))
        found.push(`${file} imports ${specifier}`)
    }
  }
  return found
}

describe('who may import whom', () => {
  for (const layer of layers) test(layer.folder, () => expect(offences(layer)).toEqual([]))

  test('nothing that ships imports a test', () => {
    const offenders = ['src', 'service', 'scripts']
      .flatMap(filesBelow)
      .filter((file) =>
        importsOf(file).some(
          (specifier) =>
            specifier.startsWith('.') && relative(root, resolve(root, dirname(file), specifier)).startsWith('test/'),
        ),
      )
    expect(offenders).toEqual([])
  })

  test('a feature of the UI never imports another', () => {
    const offenders = filesBelow('src/renderer/features').flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => relative(root, resolve(root, dirname(file), specifier)))
        .filter((target) => target.startsWith('src/renderer/features/') && target.split('/')[3] !== file.split('/')[3])
        .map((target) => `${file} imports ${target}`),
    )
    expect(offenders).toEqual([])
  })
})

describe('what the pure centre and the core may not touch', () => {
  const ambient = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bcrypto\.randomUUID\(|\bprocess\.|\bsetTimeout\(/
  test('src/shared reads no clock, no randomness, no process', () => {
    expect(filesBelow('src/shared').filter((file) => ambient.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
  })
  test('src/main/core reads the time only from its clock port', () => {
    const clock = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/
    expect(filesBelow('src/main/core').filter((file) => clock.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
  })
})

describe('words', () => {
  test('no Chinese sentence stands in the code of the UI or the core: they come from i18n', () => {
    const han = /\p{Script=Han}/u
    const withoutComments = (source: string) => source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
    const offenders = ['src/renderer', 'src/main', 'src/preload']
      .flatMap(filesBelow)
      .filter((file) => han.test(withoutComments(readFileSync(join(root, file), 'utf8'))))
    expect(offenders).toEqual([])
  })
})

describe('the lock file', () => {
  test('names no download address', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "https?:/)
  })
})
