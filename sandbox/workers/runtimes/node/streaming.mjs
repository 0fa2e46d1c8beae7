/**
 * Response streaming for a caller that takes a response in one piece, as API Gateway's
 * HTTP APIs do: takes a handler that writes to a stream, gives what it wrote.
 *
 * Names and rules are those of `aws-lambda-nodejs-runtime-interface-client` 3 (AWS Lambda
 * developer guide, "Writing response streaming-enabled Lambda functions").
 */

import { Writable } from 'node:stream'

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming')
const PRELUDE_TYPE = 'application/vnd.awslambda.http-integration-response'
const DELIMITER = new Uint8Array(8)

/** Keeps what is written to it. */
class ResponseStream extends Writable {
  #chunks = []
  _onBeforeFirstWrite = null

  write (chunk, ...others) {
    if (this.#chunks.length === 0) this._onBeforeFirstWrite?.(part => this.#keep(part))
    const isPlain = typeof chunk === 'string' || chunk instanceof Uint8Array
    return super.write(isPlain ? chunk : JSON.stringify(chunk), ...others)
  }

  setContentType () {
    if (this.#chunks.length > 0) throw new Error('Cannot set content-type, too late.')
  }

  get text () {
    return Buffer.concat(this.#chunks).toString()
  }

  _write (chunk, encoding, callback) {
    this.#keep(chunk)
    callback()
  }

  #keep (part) {
    this.#chunks.push(Buffer.from(part))
  }
}

class HttpResponseStream {
  static from (stream, prelude) {
    stream.setContentType(PRELUDE_TYPE)
    stream._onBeforeFirstWrite = write => {
      write(JSON.stringify(prelude))
      write(DELIMITER)
    }
    return stream
  }
}

/** Have handlers find `awslambda`, unless their variables say no. */
export function install ({ AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: none }) {
  if (none === '1' || none === 'true') return
  const streamifyResponse = handler => Object.assign(handler, { [STREAMING]: 'response' })
  globalThis.awslambda = { streamifyResponse, HttpResponseStream }
}

export function isStreaming (handler) {
  return Boolean(handler[STREAMING])
}

/** Give the value whose JSON a handler writes; rejects where it is none. */
export async function collect (handler, event, context) {
  const stream = new ResponseStream()
  const promise = handler(event, stream, context)
  if (typeof promise?.then !== 'function') {
    throw new Error('Streaming does not support non-async handlers.')
  }
  if (await promise !== undefined) console.warn('Streaming handlers ignore return values.')
  if (!stream.writableEnded) throw new Error('Response stream is not finished.')
  return parsed(stream.text)
}

function parsed (text) {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('The stream is not JSON, and API Gateway takes nothing else: ' +
      'an HTTP API does not stream. Return the response, or write it as JSON.')
  }
}
