import compress from '@fastify/compress'
import type { FastifyInstance } from 'fastify'

/** Shorter answers gain nothing. */
const worthwhileBytes = 1_024

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address ?? '')
}

/**
 * Answers are compressed for whoever asks for it over a network; on loopback, where a proxy in front does it once for all or where
 * both sides share one machine, it would only cost time. Requests may come compressed with gzip or deflate: every limit of a body's
 * size holds for what comes out, and reading stops there, so that a small request cannot fill the memory.
 */
export async function registerCompression(server: FastifyInstance): Promise<void> {
  server.addHook('onRequest', (request, _reply, done) => {
    if (isLoopback(request.socket.remoteAddress) && !request.headers['x-forwarded-for'])
      request.headers['x-no-compression'] = '1'
    done()
  })
  await server.register(compress, {
    global: true,
    threshold: worthwhileBytes,
    encodings: ['gzip', 'deflate'],
    requestEncodings: ['gzip', 'deflate', 'identity'],
  })
}
