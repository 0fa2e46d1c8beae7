/**
 * No worker outlives the sandbox: watches the lifeline where the kernel does not.
 *
 * On Linux the worker was started with a lifeline that the kernel answers for. Elsewhere
 * the event loop sees its end; a worker that waits for an event sees its socket's.
 */

import { Socket } from 'node:net'

const LIFELINE_FD = 4
const OWN_GROUP = 0

/** Kill this process and its group at the lifeline's end of file. */
export function watch () {
  const lifeline = new Socket({ fd: LIFELINE_FD, readable: true, writable: false })
  lifeline.on('close', () => process.kill(OWN_GROUP, 'SIGKILL'))
  lifeline.on('error', () => {}) // `close` follows
  lifeline.resume()
  lifeline.unref()
}

/**
 * Run exit hooks and end, with all that the handler has left running.
 *
 * The sandbox would kill that, but it may be gone; and who ends before the lifeline is cut
 * takes along what the kernel would have answered it with.
 */
export function endWithGroup () {
  process.on('exit', () => process.kill(OWN_GROUP, 'SIGKILL'))
  process.exit(0)
}
