/**
 * One event in the hands of a handler: takes its message, and settles once.
 *
 * The handler may return a promise, call its callback, or use the old methods of the
 * context; the first one counts (AWS Lambda developer guide, "Define Lambda function
 * handler in Node.js", and `aws-lambda-nodejs-runtime-interface-client` 3). From
 * Node.js 24 on there are no callbacks and none of those methods, and what the handler
 * returns is awaited, promise or not (the same, 4).
 */

import { contextOfAwaited, contextWithCallbacks } from './context.mjs'
import { neverSettledFailure, raisedFailure } from './failures.mjs'
import { collect, isStreaming } from './streaming.mjs'

/** What handlers have for `this`: on Lambda they are called as a method of the runtime. */
const RUNTIME = new (class Runtime {})()
const AsyncFunction = (async () => {}).constructor

export class Invocation {
  #message
  #origin
  #settle
  #isSettled = false
  #waitsForEmptyLoop = true
  #isAsync
  #waiting = null

  /**
   * `origin` is the app that failures tell of; `settle` is called once, with
   * `{ value }`, or `{ failure }`: the fields of one.
   */
  constructor (message, origin, settle) {
    this.#message = message
    this.#origin = origin
    this.#settle = settle
  }

  get requestId () {
    return this.#message.request_id
  }

  /** Call the handler. Whatever it does shows in the ending. */
  run (handler, start, hasCallbacks) {
    if (isStreaming(handler)) return this.#await(collect.bind(null, handler), start)
    if (hasCallbacks) return this.#runWithCallbacks(handler, start)
    return this.#await(handler, start)
  }

  async #await (handler, start) {
    this.#isAsync = true
    const context = contextOfAwaited(start, this.#message)
    try {
      this.#end(null, await handler.call(RUNTIME, this.#message.event, context))
    } catch (error) {
      this.#fail(error)
    }
  }

  #runWithCallbacks (handler, start) {
    this.#isAsync = handler instanceof AsyncFunction
    const context = contextWithCallbacks(this.#callbacks(), start, this.#message)
    const callback = (error, result) => this.#end(error, result, this.#waitsForEmptyLoop)
    try {
      const result = handler.call(RUNTIME, this.#message.event, context, callback)
      if (typeof result?.then === 'function') {
        const fail = error => this.#fail(error)
        result.then(value => this.#end(null, value), fail).catch(fail)
      }
    } catch (error) {
      callback(error) // "throw null" is no failure, on Lambda either
    }
  }

  /** Nothing is left to run: give what a callback left waiting, or what Lambda gives. */
  loopIsEmpty () {
    if (this.#waiting !== null) return this.#settle(this.#waiting)
    if (this.#isSettled) return
    this.#isSettled = true
    this.#settle(this.#isAsync ? { failure: neverSettledFailure() } : { value: null })
  }

  #end (error, result, waits = false) {
    if (error !== undefined && error !== null) return this.#fail(error)
    if (this.#isSettled) return
    this.#isSettled = true
    if (waits) this.#waiting = { value: result }
    else this.#settle({ value: result })
  }

  #fail (error) {
    if (this.#isSettled) return
    const failure = raisedFailure(error, this.#origin)
    this.#isSettled = true
    this.#settle({ failure })
  }

  /** Give what only a context with callbacks has. */
  #callbacks () {
    const invocation = this
    return {
      get callbackWaitsForEmptyEventLoop () { return invocation.#waitsForEmptyLoop },
      set callbackWaitsForEmptyEventLoop (value) { invocation.#waitsForEmptyLoop = value },
      succeed: result => this.#end(null, result),
      fail: error => this.#fail(error ?? 'handled'),
      done: (error, result) => this.#end(error, result)
    }
  }
}
