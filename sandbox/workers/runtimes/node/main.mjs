/**
 * The life of a Node worker: loads one handler, then answers event after event.
 *
 * Uses Node's own modules alone. The messages are those of `sandbox/workers/wire.py`.
 */

import { setOffset } from './clock.mjs'
import { keepConnections } from './connections.mjs'
import * as failures from './failures.mjs'
import { install as installFileAccess } from './file_access.mjs'
import { receive, send } from './frames.mjs'
import { hasCallbacks, Imports } from './imports.mjs'
import { Invocation } from './invocation.mjs'
import { install as installLeftRequests, takeLeft } from './left_requests.mjs'
import { endWithGroup, watch as watchLifeline } from './lifeline.mjs'
import { install as installLogs, setRequestId } from './logs.mjs'
import { Observer, rootsOf } from './observe.mjs'
import { install as installOutput } from './output.mjs'
import { install as installStreaming } from './streaming.mjs'

const { stringify } = JSON // a handler's own is for its results alone
const LONG_IDLE_MS = 500
const STACK_WHILE_LOADING = 40 // the loader's own calls fill Node's usual ten
const EXIT_AFTER_EXCEPTION = 129 // as Lambda's own runtime ends
const EXIT_AFTER_REJECTION = 128

class Worker {
  #start = null
  #observer = null
  #imports = null
  #handler = null
  #hasCallbacks = true
  #invocation = null
  #origin = { folders: [], isAppPath: path => this.#observer?.isAppPath(path) ?? false }

  async run () {
    process.on('uncaughtException', error => {
      this.#collapse(failures.raisedFailure(error, this.#origin), EXIT_AFTER_EXCEPTION)
    })
    process.on('unhandledRejection', reason => {
      this.#collapse(failures.rejectionFailure(reason, this.#origin), EXIT_AFTER_REJECTION)
    })
    process.on('beforeExit', () => this.#loopIsEmpty())
    const start = receive()
    if (start?.type !== 'start') process.exit(0)
    await this.#load(start)
    this.#next()
  }

  async #load (start) {
    this.#start = start
    Object.assign(this.#origin, failures.originOf(start))
    this.#hasCallbacks = hasCallbacks(start.environment)
    this.#observer = new Observer(rootsOf(start))
    this.#imports = new Imports(start, this.#observer)
    const usual = Error.stackTraceLimit
    try {
      become(start)
      installLogs(start.environment)
      installStreaming(start.environment)
      keepConnections(start.environment)
      installLeftRequests()
      installFileAccess(this.#observer, path => this.#imports.fileAt(path))
      this.#imports.install()
      this.#imports.notePreloaded()
      Error.stackTraceLimit = STACK_WHILE_LOADING
      this.#handler = await this.#imports.loadHandler()
    } catch (error) {
      this.#imports.collect()
      this.#answer('load_failed', failures.loadFailure(error, start, this.#observer))
      process.exit(0)
    }
    if (Error.stackTraceLimit === STACK_WHILE_LOADING) Error.stackTraceLimit = usual
    this.#observer.endLoading()
    this.#answer('ready')
  }

  /** Wait for an event, and have it handled. */
  #next () {
    this.#invocation = null
    const asked = performance.now()
    const message = receive()
    if (message?.type !== 'invoke') endWithGroup()
    setOffset(message.clock_offset_seconds)
    setRequestId(message.request_id)
    // The AWS SDK sends it along, so that a call can be told from others.
    process.env._X_AMZN_TRACE_ID = message.trace_header
    const settle = ending => this.#finish(invocation, ending)
    const invocation = new Invocation(message, this.#origin, settle)
    this.#invocation = invocation
    const run = () => invocation.run(this.#handler, this.#start, this.#hasCallbacks)
    if (performance.now() - asked < LONG_IDLE_MS) return run()
    // Connections that were closed meanwhile must be seen before one is used again.
    setImmediate(() => setImmediate(run))
  }

  /** Answer, a turn later: a rejection that nobody looks after fails the event too. */
  #finish (invocation, ending) {
    setImmediate(() => {
      if (invocation !== this.#invocation) return
      this.#answerEnding(invocation, ending)
      this.#next()
    })
  }

  #answerEnding (invocation, { value, failure }) {
    const requests = takeLeft()
    const left = requests.length === 0 ? {} : { requests }
    const fields = { request_id: invocation.requestId, ...left }
    const raise = failure => this.#answer('raised', { ...fields, ...failure })
    if (failure !== undefined) return raise(failure)
    let json
    try {
      json = JSON.stringify(value === undefined ? null : value)
    } catch (error) {
      return raise(failures.marshalFailure(value, error))
    }
    if (json === undefined) return raise(failures.marshalFailure(value))
    try {
      return this.#answer('returned', fields, json)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return raise(failures.sizeFailure())
    }
  }

  /** Send a message; `value` is JSON text, to be sent as it is. */
  #answer (type, fields = {}, value = undefined) {
    this.#imports.collect()
    const memory = { max_memory_bytes: process.resourceUsage().maxRSS * 1024 }
    const json = stringify({ type, ...fields, ...memory, ...this.#observer.takeNews() })
    send(value === undefined ? json : `${json.slice(0, -1)},"value":${value}}`)
  }

  #loopIsEmpty () {
    if (this.#invocation !== null) return this.#invocation.loopIsEmpty()
    // The module itself awaits what never comes.
    return this.#collapse(failures.neverSettledFailure(), 0)
  }

  /** Something failed outside of the handler's promise: Lambda ends the environment. */
  #collapse (failure, exitCode) {
    if (this.#invocation !== null) {
      this.#answer('raised', { request_id: this.#invocation.requestId, ...failure })
    } else if (this.#start !== null && this.#handler === null) {
      this.#answer('load_failed', failure)
    } else {
      process.stderr.write(`${failure.trace}\n`)
    }
    process.exit(exitCode)
  }
}

/** Take on the function's environment, folder and time. */
function become (start) {
  const { environment, folder, handler_file: file } = start
  for (const name of Object.keys(process.env)) {
    if (!(name in environment)) delete process.env[name]
  }
  Object.assign(process.env, environment)
  process.chdir(folder)
  process.argv = [process.execPath, file]
  process.setSourceMapsEnabled(true)
  setOffset(start.clock_offset_seconds)
}

watchLifeline()
installOutput()
new Worker().run()
