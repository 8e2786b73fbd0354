import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openApiOf } from '../../../service/src/connectors/ports/openapi.ts'
import { homeBssPort, ports } from '../../../service/src/connectors/ports/ports.ts'

const folder = join(import.meta.dirname, '../../../docs/openapi')

describe('the documents of the ports', () => {
  test.each(ports.map((port) => [port.name, port] as const))('%s is what the schemas say today', (name, port) => {
    // Stale? `npm run openapi` writes them anew.
    expect(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(openApiOf(port))),
    )
  })

  test('every change asks for a key and says what happens to it, every refusal stands in both languages', () => {
    const document = openApiOf(homeBssPort) as {
      paths: Record<string, Record<string, { description: string; parameters?: { name: string }[]; responses: object }>>
    }
    for (const operation of homeBssPort.operations) {
      const described = document.paths[operation.path]![operation.method.toLowerCase()]!
      const asksForKey = described.parameters?.some((parameter) => parameter.name === 'Idempotency-Key') ?? false
      expect(asksForKey).toBe(operation.changes)
      expect('409' in described.responses).toBe(operation.changes)
      for (const [code, { zh, en }] of Object.entries(operation.refusals)) {
        expect(described.description).toContain(`\`${code}\``)
        expect(zh).toMatch(/\p{Script=Han}/u)
        expect(en).not.toMatch(/\p{Script=Han}/u)
      }
    }
  })

  test('examples fit their own schemas', () => {
    for (const port of ports)
      for (const { request, answer, examples } of port.operations) {
        if (!examples) continue
        if (examples.request) expect(request?.safeParse(examples.request).success).toBe(true)
        expect(answer.safeParse(examples.answer).success).toBe(true)
      }
  })
})
