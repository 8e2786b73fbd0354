import type { z } from 'zod'

/** A sentence in the two languages people read these documents in. */
export interface Bilingual {
  zh: string
  en: string
}

/** One operation of an outside system, as the other side has to offer it. */
export interface PortOperation {
  /** The name the call log and the metrics use. */
  operationId: string
  method: 'GET' | 'POST'
  /** Below the port's address; `{name}` marks a part of the path. */
  path: string
  summary: Bilingual
  /** What must hold beyond the shapes. */
  rules?: Bilingual
  request?: z.ZodType
  answer: z.ZodType
  /** Changes something: carries `Idempotency-Key`, and the same key and body bring the effect once. */
  changes: boolean
  /** Business refusals (HTTP 200, `result: refused`) by code. */
  refusals: Record<string, Bilingual>
  examples?: { request?: unknown; answer: unknown }
}

/** What the outside system brings to the service by itself, at an address of the service. */
export interface PortWebhook {
  name: string
  /** Below the service's own address. */
  path: string
  summary: Bilingual
  rules: Bilingual
  headers: { name: string; description: Bilingual }[]
  request: z.ZodType
  answer: z.ZodType
  examples: { request: unknown; answer: unknown }
}

/** An outside system the service talks to: the contract a carrier or vendor implements on its side. */
export interface Port {
  name: string
  version: string
  title: Bilingual
  description: Bilingual
  /** How the address is configured, e.g. `https://bss.example/{carrier}/{province}`. */
  address: string
  operations: readonly PortOperation[]
  webhooks?: readonly PortWebhook[]
}
