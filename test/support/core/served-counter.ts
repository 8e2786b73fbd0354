import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { CommandInput, CommandName, CommandOutput } from '../../../src/shared/contract/commands.ts'
import type { Result } from '../../../src/shared/domain/result.ts'

const program = fileURLToPath(new URL('../../../src/main/serve.ts', import.meta.url))

/** The real program as a process of its own, spoken to over HTTP as a page does. */
export async function serveCounter(args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const errors: string[] = []
  createInterface({ input: child.stderr! }).on('line', (line) => errors.push(line))
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const ready = await new Promise<{ ready: boolean; url: string; open: string; error?: { code: string } }>(
    (resolve, reject) => {
      createInterface({ input: child.stdout! }).on('line', (line) => resolve(JSON.parse(line)))
      void gone.then((code) => reject(new Error(`ended with ${code}\n${errors.join('\n')}`)))
    },
  )
  const [address = '', token = ''] = (ready.url ?? '').split('/#token=')
  async function call<N extends CommandName>(
    name: N,
    input: CommandInput<N> = {} as CommandInput<N>,
  ): Promise<Result<CommandOutput<N>>> {
    const answer = await fetch(`${address}/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-counterfoil-token': token },
      body: JSON.stringify({ name, input }),
    })
    return (await answer.json()) as Result<CommandOutput<N>>
  }
  return {
    process: child,
    ready,
    address,
    token,
    errors,
    gone,
    call,
    async done<N extends CommandName>(name: N, input?: CommandInput<N>): Promise<CommandOutput<N>> {
      const result = await call(name, input)
      if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.error)}`)
      return result.value
    },
    async end(signal: NodeJS.Signals): Promise<number | null> {
      child.kill(signal)
      return gone
    },
  }
}
export type ServedCounter = Awaited<ReturnType<typeof serveCounter>>
