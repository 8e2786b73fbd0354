import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { carrierSchema, provinceSchema } from '../../../src/shared/domain/geography.ts'
import type { Ledger } from '../bss/ledger.ts'
import type { World } from '../bss/world.ts'
import { type CapturePorts, personAtCounter, thumbnail } from '../capture/routes.ts'
import { changeAccount } from '../faults/change-account.ts'
import { type Control, controlChangeSchema } from '../faults/settings.ts'
import type { InboundLine } from '../sms/inbound.ts'
import { controlPage } from './control-page.ts'
import { findEntries } from './directory-entries.ts'
import { directoryPage } from './directory-page.ts'
import { addFont } from './font.ts'
import { languageOf } from './layout.ts'
import { smsPage } from './sms-page.ts'

/** An empty field of a form counts as absent. */
const absentWhenEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional())

const directoryQuerySchema = z.object({
  scenario: absentWhenEmpty(z.string()),
  msisdn: absentWhenEmpty(z.string().transform((text) => text.replace(/\D/g, ''))),
  province: absentWhenEmpty(provinceSchema),
  carrier: absentWhenEmpty(carrierSchema),
  limit: absentWhenEmpty(z.coerce.number().int().min(1).max(1000)),
})

export interface PagePorts {
  world: World
  control: Control
  capture: CapturePorts
  inbound: InboundLine
  ledger: Ledger
  /** UTC milliseconds by the world's clock. */
  now(): number
}

/** The pages for whoever tries the product out, and their JSON twins. */
export function addPages(server: FastifyInstance, { world, control, capture, inbound, ledger, now }: PagePorts): void {
  const send = (reply: FastifyReply, text: string): FastifyReply =>
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(text)
  const language = (request: FastifyRequest) => languageOf(request.query, request.headers['accept-language'])

  addFont(server)
  server.get('/', async (request, reply) =>
    send(reply, directoryPage(world, directoryQuerySchema.parse(request.query), language(request))),
  )
  server.get('/directory.json', async (request) => findEntries(world, directoryQuerySchema.parse(request.query)))
  // The customer had something solved at home, away from this flow: the next pre-check no longer finds it.
  server.delete('/lines/:msisdn/findings/:code', async (request, reply) => {
    const { msisdn, code } = z.object({ msisdn: z.string(), code: z.string() }).parse(request.params)
    if (!world.base.line(msisdn)) return reply.code(404).send({ error: 'notFound', message: 'No such line.' })
    await ledger.record([{ type: 'findingRemoved', at: now(), msisdn, code }])
    return reply.code(204).send()
  })
  server.get('/sms', async (request, reply) => {
    const { to } = z.object({ to: absentWhenEmpty(z.string()) }).parse(request.query)
    return send(reply, smsPage(world, to?.replace(/\D/g, '') || undefined, language(request)))
  })
  server.get('/control', async (request, reply) => {
    if (!request.headers.accept?.includes('text/html')) return control.current()
    const person = personAtCounter(capture)
    return send(reply, controlPage(control.current(), person ? `${person.name} ${person.id}` : '', language(request)))
  })
  server.put('/control', async (request) => {
    const { smsInbound, accounts = {}, ...change } = controlChangeSchema.parse(request.body)
    if (smsInbound !== undefined) inbound.connect(smsInbound ?? undefined)
    for (const [msisdn, account] of Object.entries(accounts)) changeAccount(world.base, msisdn, account)
    control.change(change)
    return control.current()
  })
  server.get('/portraits/:file', async (request, reply) => {
    const { file } = z.object({ file: z.string().regex(/^P\w+\.png$/) }).parse(request.params)
    const person = world.base.person(file.slice(0, -'.png'.length))
    if (!person) return reply.code(404).send({ error: 'notFound', message: 'No such person.' })
    return reply.type('image/png').header('cache-control', 'max-age=3600').send(thumbnail(person))
  })
}
