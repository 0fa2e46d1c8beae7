/**
 * Frames on the socket to the sandbox, as `sandbox/workers/wire.py` describes them.
 *
 * Reading blocks the whole process. That is meant: between two events nothing runs, as
 * Lambda freezes an environment that has answered (AWS Lambda developer guide,
 * "Lambda execution environment lifecycle"), and it is the fastest way to wait.
 */

import { readSync, writeSync } from 'node:fs'

export const SOCKET_FD = 3
const HEADER_BYTES = 4
const MAX_FRAME_BYTES = 64 * 1024 * 1024
const USUAL_BYTES = 64 * 1024

const { parse } = JSON // a handler may put its own in the place
const incoming = Buffer.allocUnsafeSlow(USUAL_BYTES)
const outgoing = Buffer.allocUnsafeSlow(USUAL_BYTES)
const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** Give the next message, or null where the connection is closed, by whichever side. */
export function receive () {
  const received = readAtLeast(incoming, 0, HEADER_BYTES)
  if (received === 0) return null
  const end = HEADER_BYTES + incoming.readUInt32BE(0)
  let frame = incoming
  if (end > USUAL_BYTES) {
    frame = Buffer.allocUnsafeSlow(end)
    incoming.copy(frame, 0, 0, received)
  }
  if (received < end && readAtLeast(frame, received, end) === 0) return null
  return parse(frame.utf8Slice(HEADER_BYTES, end))
}

/**
 * Send a message that is JSON text already. Throws a RangeError if it is too long, and
 * ends the process where the connection is closed.
 */
export function send (json) {
  // UTF-8 takes at most three bytes for a UTF-16 unit.
  if (json.length * 3 <= USUAL_BYTES - HEADER_BYTES) {
    const length = outgoing.utf8Write(json, HEADER_BYTES)
    outgoing.writeUInt32BE(length, 0)
    return sendFrame(outgoing, HEADER_BYTES + length)
  }
  const length = Buffer.byteLength(json)
  if (length > MAX_FRAME_BYTES) throw new RangeError(`a frame of ${length} bytes`)
  const frame = Buffer.allocUnsafeSlow(HEADER_BYTES + length)
  frame.writeUInt32BE(length, 0)
  frame.utf8Write(json, HEADER_BYTES)
  return sendFrame(frame, frame.length)
}

function sendFrame (frame, end) {
  try {
    writeAll(SOCKET_FD, frame, end)
  } catch {
    process.exit(0) // the sandbox is gone, or the handler has closed the descriptor
  }
}

/** Write to a pipe or socket until all is gone, however slowly it is read. */
export function writeAll (fd, bytes, end) {
  for (let sent = 0; sent < end;) {
    sent += persist(() => writeSync(fd, bytes, sent, end - sent))
  }
}

/** Read until `buffer` is filled up to `wanted`; give how far it is, 0 at the end. */
function readAtLeast (buffer, from, wanted) {
  let filled = from
  while (filled < wanted) {
    const count = readSome(buffer, filled)
    if (count === 0) return 0
    filled += count
  }
  return filled
}

function readSome (buffer, from) {
  try {
    return persist(() => readSync(SOCKET_FD, buffer, from, buffer.length - from, null))
  } catch {
    return 0 // as above: nobody is there to talk to
  }
}

/** Repeat a call while it would block: a child that shares the pipe may unblock it. */
function persist (call) {
  for (;;) {
    try {
      return call()
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
      Atomics.wait(sleeper, 0, 0, 1)
    }
  }
}
