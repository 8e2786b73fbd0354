import { z } from 'zod'
import { idempotencyHeader, technicalErrorSchema } from '../wire/common.ts'
import type { Bilingual, Port, PortOperation, PortWebhook } from './port.ts'

const both = ({ zh, en }: Bilingual): string => `${en}\n\n${zh}`

/** How the service refuses what is brought to it. */
const refusalSchema = z.object({ error: z.object({ code: z.string(), field: z.string().optional() }) })

/** Objects stay open: either side may add fields the other does not know yet. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
    },
  })
  return rest
}

function content(schema: z.ZodType, io: 'input' | 'output', example?: unknown): object {
  return { 'application/json': { schema: jsonSchema(schema, io), ...(example === undefined ? {} : { example }) } }
}

function refusalText(operation: PortOperation): string {
  const codes = Object.entries(operation.refusals)
  if (codes.length === 0) return ''
  return `\n\nRefusals 业务拒绝：\n\n${codes.map(([code, { zh, en }]) => `- \`${code}\`: ${en}；${zh}`).join('\n')}`
}

function operationObject(operation: PortOperation): object {
  const pathParameters = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const keyParameter = {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    schema: { type: 'string', minLength: 1 },
    description:
      'Same key and body: the first answer again, and the effect once, for at least 30 days. Same key and another body: 409. 相同键与相同内容只生效一次；内容不同时答复 409。',
  }
  const parameters = [...pathParameters, ...(operation.changes ? [keyParameter] : [])]
  const failure = (description: string) => ({ description, content: content(technicalErrorSchema, 'output') })
  return {
    operationId: operation.operationId,
    summary: `${operation.summary.en} · ${operation.summary.zh}`,
    description: `${operation.rules ? both(operation.rules) : ''}${refusalText(operation)}`.trim(),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.request
      ? { requestBody: { required: true, content: content(operation.request, 'output', operation.examples?.request) } }
      : {}),
    responses: {
      200: {
        description: 'Done, or refused for a business reason 成功或业务拒绝',
        content: content(operation.answer, 'input', operation.examples?.answer),
      },
      400: failure('The request is malformed; nothing was changed 报文有误，未做任何改动'),
      ...(operation.changes
        ? { 409: failure(`The ${idempotencyHeader} was used for another request 键已用于其他请求`) }
        : {}),
      503: failure('Try again later 稍后重试'),
    },
  }
}

function webhookObject({ name, path, summary, rules, headers, request, answer, examples }: PortWebhook): object {
  const failure = (description: string) => ({
    description,
    content: content(refusalSchema, 'output'),
  })
  return {
    operationId: name,
    summary: `${summary.en} · ${summary.zh}`,
    description: `\`POST {service}${path}\`\n\n${both(rules)}`,
    parameters: headers.map((header) => ({
      name: header.name,
      in: 'header',
      required: true,
      schema: { type: 'string' },
      description: `${header.description.en} ${header.description.zh}`,
    })),
    requestBody: { required: true, content: content(request, 'output', examples.request) },
    responses: {
      200: {
        description: 'Taken; do not bring it again 已收下，勿再送',
        content: content(answer, 'input', examples.answer),
      },
      400: failure('Malformed; will never be taken 报文有误，重送无益'),
      401: failure('Not signed, wrongly signed, or too old 未签名、签名不符或已过期'),
      503: failure('Bring it again later 稍后重送'),
    },
  }
}

/** The OpenAPI 3.1 document of a port, made from the very schemas the service sends and parses with. */
export function openApiOf(port: Port): Record<string, unknown> {
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of port.operations) {
    const item = paths[operation.path] ?? {}
    item[operation.method.toLowerCase()] = operationObject(operation)
    paths[operation.path] = item
  }
  return {
    openapi: '3.1.1',
    info: {
      title: `Counterfoil · ${port.title.en} · ${port.title.zh}`,
      version: port.version,
      description: both(port.description),
    },
    servers: [
      {
        url: port.address,
        ...(port.address.includes('{carrier}')
          ? {
              variables: {
                carrier: { default: 'CTCC', enum: ['CMCC', 'CUCC', 'CTCC', 'CBN'] },
                province: { default: '14', description: 'GB/T 2260, two digits' },
              },
            }
          : {}),
      },
    ],
    paths,
    ...(port.webhooks
      ? {
          webhooks: Object.fromEntries(
            port.webhooks.map((webhook) => [webhook.name, { post: webhookObject(webhook) }]),
          ),
        }
      : {}),
  }
}
