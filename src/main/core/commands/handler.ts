import type { CommandName, CommandOutput, CommandParsed, Commands } from '../../../shared/contract/commands.ts'
import type { Result } from '../../../shared/domain/result.ts'
import type { Staff } from '../../../shared/protocol/device.ts'
import type { Context } from '../context.ts'

type StaffOf<N extends CommandName> = Commands[N]['access'] extends 'public' ? Staff | undefined : Staff

/** Carries out one command. Its input is parsed and its caller may call it; `staff` is who is signed in. */
export type Handler<N extends CommandName> = (
  input: CommandParsed<N>,
  context: Context,
  staff: StaffOf<N>,
) => Promise<Result<CommandOutput<N>>>

/** One handler per command of the table. */
export type Handlers = { [N in CommandName]: Handler<N> }
