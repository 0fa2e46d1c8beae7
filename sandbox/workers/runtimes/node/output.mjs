/**
 * Standard output and error that are complete before the answer is sent.
 *
 * Node writes to pipes without waiting, and what is still queued when the handler has
 * answered, or calls `process.exit`, comes late or never.
 */

import { Writable } from 'node:stream'
import { writeAll } from './frames.mjs'

class SynchronousStream extends Writable {
  constructor (fd) {
    super({ decodeStrings: true })
    this.fd = fd
    this._type = 'pipe'
  }

  _write (chunk, encoding, callback) {
    writeAll(this.fd, chunk, chunk.length)
    callback()
  }

  _destroy (error, callback) {
    callback(error) // as of Node's own: they cannot be closed
  }
}

/** Replace `process.stdout` and `process.stderr`, and so what `console` writes to. */
export function install () {
  for (const [name, fd] of [['stdout', 1], ['stderr', 2]]) {
    const value = new SynchronousStream(fd)
    const asUsual = { configurable: true, enumerable: true, writable: true }
    Object.defineProperty(process, name, { value, ...asUsual })
  }
}
