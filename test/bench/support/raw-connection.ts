import { createConnection, type Socket } from 'node:net'

export interface RawAnswer {
  status: number
  body: string
  /** Seconds asked for. */
  retryAfter: number | undefined
}

/** One keep-alive connection that sends bytes made beforehand and reads no more of the answer than it must. */
export interface RawConnection {
  /** Sends a whole request; resolves with status and body when the answer is complete. */
  send(request: Buffer): Promise<RawAnswer>
  end(): void
}

/** Opens a connection to a service at `url`. Answers must carry their length, as the service's do. */
export async function openRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket: Socket = createConnection({ host: hostname, port: Number(port), noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let waiting: { resolve(answer: RawAnswer): void; reject(error: Error): void } | undefined
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
    const headEnd = received.indexOf('\r\n\r\n')
    if (headEnd < 0) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(received.slice(0, headEnd))?.[1] ?? 0)
    if (received.length < headEnd + 4 + length) return
    const head = received.slice(0, headEnd)
    const retryAfter = /\r\nretry-after: (\d+)/i.exec(head)?.[1]
    const answer = {
      status: Number(head.slice(9, 12)),
      body: received.slice(headEnd + 4, headEnd + 4 + length),
      retryAfter: retryAfter === undefined ? undefined : Number(retryAfter),
    }
    received = received.slice(headEnd + 4 + length)
    const done = waiting
    waiting = undefined
    done?.resolve(answer)
  })
  const broken = (error?: Error) => waiting?.reject(error ?? new Error('the connection ended'))
  socket.on('error', broken)
  socket.on('close', () => broken())
  return {
    send(request) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(request)
      })
    },
    end: () => socket.destroy(),
  }
}

/** Opens a stream and hands over its text; resolves, when the service has begun to answer, with what closes it. */
export async function openStream(url: string, request: Buffer, heard: (text: string) => void): Promise<() => void> {
  const { hostname, port } = new URL(url)
  const socket: Socket = createConnection({ host: hostname, port: Number(port), noDelay: true })
  socket.setEncoding('utf8')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('data', (head: string) => {
      if (head.startsWith('HTTP/1.1 200')) resolve()
      else reject(new Error(head.slice(0, 300)))
    })
    socket.once('connect', () => socket.write(request))
  })
  socket.on('data', heard)
  socket.on('error', () => socket.destroy())
  return () => socket.destroy()
}
