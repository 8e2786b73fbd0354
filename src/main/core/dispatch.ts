import { type CommandName, commands } from '../../shared/contract/commands.ts'
import { fail, type Result } from '../../shared/domain/result.ts'
import type { Staff } from '../../shared/protocol/device.ts'
import { handlers } from './commands/handlers.ts'
import type { Context } from './context.ts'
import { StoreError } from './storage/errors.ts'

/** What arrives from a renderer; nothing of it is trusted. */
export interface Call {
  name: string
  input: unknown
}

/** Where a call came from, for the log. */
export interface Caller {
  shell: 'electron' | 'browser'
}

function isCommand(name: unknown): name is CommandName {
  return typeof name === 'string' && Object.hasOwn(commands, name)
}

function mayCall(name: CommandName, staff: Staff | undefined): boolean {
  const { access } = commands[name]
  return access === 'public' || (staff !== undefined && (access as readonly string[]).includes(staff.role))
}

/** Lines of a stack without its message, which might quote what somebody typed. */
function placesOf(error: unknown): string {
  if (!(error instanceof Error) || !error.stack) return ''
  return error.stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim())
    .join(' < ')
}

function unexpected(context: Context, name: CommandName, error: unknown): Result<never> {
  const store = error instanceof StoreError
  context.ports.log.error('command.threw', {
    command: name,
    error: store ? error.code : error instanceof Error ? error.name : typeof error,
    at: placesOf(error),
  })
  if (store) return fail(error.code === 'store.diskFull' ? 'store.diskFull' : 'store.failed')
  return fail('service.internal')
}

/**
 * Carries out a call: known command, caller's right, input's shape, then its handler. Every refusal is a value and logged
 * without what was typed. Errors: `request.unknownCommand`, `auth.required`, `auth.expired`, `auth.forbidden`,
 * `request.malformed` with the field, `store.diskFull`, `store.failed`, `service.internal`, and those of the command.
 */
export async function dispatch(context: Context, call: Call, caller: Caller): Promise<Result<unknown>> {
  const { log } = context.ports
  const name: unknown = call?.name
  if (!isCommand(name)) {
    log.warn('command.unknown', { shell: caller.shell })
    return fail('request.unknownCommand')
  }
  const staff = context.session.current()?.staff
  if (!mayCall(name, staff)) {
    log.warn('command.forbidden', { command: name, role: staff?.role, shell: caller.shell })
    return fail(staff ? 'auth.forbidden' : context.session.wasLost() ? 'auth.expired' : 'auth.required')
  }
  const input = commands[name].input.safeParse(call.input)
  if (!input.success) {
    const issue = input.error.issues[0]
    const field = (issue?.code === 'unrecognized_keys' ? issue.keys : (issue?.path ?? [])).join('.') || 'input'
    log.warn('command.malformed', { command: name, shell: caller.shell })
    return fail('request.malformed', { field, params: { field: field.slice(0, 60) } })
  }
  try {
    // The table pairs each name with the handler of its own input; TypeScript cannot follow the pair through a variable.
    const handler = handlers[name] as (input: unknown, context: Context, staff: unknown) => Promise<Result<unknown>>
    return await handler(input.data, context, staff)
  } catch (error) {
    return unexpected(context, name, error)
  }
}
