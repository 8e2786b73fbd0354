import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { zhCN } from '../../src/shared/i18n/zh-CN/index.ts'

const root = resolve(import.meta.dirname, '../..')
const sentences: Record<string, string> = zhCN

/** Text from an opening parenthesis to the one that closes it. */
function argumentsFrom(source: string, open: number): string {
  let depth = 0
  for (let at = open; at < source.length; at++) {
    if (source[at] === '(') depth++
    if (source[at] === ')' && --depth === 0) return source.slice(open + 1, at)
  }
  return source.slice(open)
}

/** Names of an object literal's properties, one level deep. */
function namesIn(literal: string): string[] {
  const flat = literal.replace(/\([^()]*\)|\{[^{}]*\}|\[[^[\]]*\]/g, '')
  return flat
    .split(',')
    .map((part) => /^\s*(\w+)/.exec(part)?.[1])
    .filter((name): name is string => name !== undefined)
}

/** Every `fail('code', …)` in the product whose values are written out, with the names of those values. */
function failures(): { where: string; code: string; given: string[] }[] {
  const files = ['src/main', 'src/shared', 'service/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  return files.flatMap((file) => {
    const source = readFileSync(file, 'utf8')
    return [...source.matchAll(/\bfail\('([a-z]+\.[A-Za-z]+)'/g)].flatMap((match) => {
      const inside = argumentsFrom(source, match.index + 'fail'.length)
      if (/\bparams\b(?!\s*:)|\.\.\.|params:\s*\w/.test(inside)) return []
      const params = /params:\s*(\{[\s\S]*)$/.exec(inside)?.[1] ?? ''
      const literal = params ? params.slice(1, params.lastIndexOf('}', params.length - 1)) : ''
      return [{ where: relative(root, file), code: match[1]!, given: namesIn(literal) }]
    })
  })
}

/** `number-lock.ts` adds how many tries are left to each of these. */
const counted = ['proof.passwordWrong', 'proof.oftenCalledWrong', 'proof.codeWrong']

test('whoever refuses gives the sentence every value it shows', () => {
  const gaps = failures().flatMap(({ where, code, given }) => {
    const wanted = [...sentences[`error.${code}`]!.matchAll(/\{(\w+)/g)].map((match) => match[1]!)
    const missing = wanted
      .filter((name) => !(name === 'left' && counted.includes(code)))
      .filter((name) => !given.includes(name) && !given.includes(`${name}Fen`))
    return missing.length > 0 ? [`${where}: ${code} lacks ${missing.join(', ')} (has ${given.join(', ')})`] : []
  })
  expect(gaps).toEqual([])
})
