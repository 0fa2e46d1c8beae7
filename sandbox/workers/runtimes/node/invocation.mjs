/**
 * One event in the hands of a handler: takes its message, and settles once.
 *
 * The handler may return a promise, call its callback, or use the old methods of the
 * context; the first one counts (AWS Lambda developer guide, "Define Lambda function
 * handler in Node.js", and `aws-lambda-nodejs-runtime-interface-client` 3). From
 * Node.js 24 on there are no callbacks and none of those methods, and what the handler
 * returns is awaited, promise or not (the same, 4).
 */

import { neverSettledFailure, raisedFailure } from './failures.mjs'

const AsyncFunction = (async () => {}).constructor

/** The end of an invocation: a value, or the fields of a failure. */
export class Ending {
  constructor (value, failure) {
    this.value = value
    this.failure = failure
  }
}

export class Invocation {
  #message
  #isAppPath
  #settle
  #isSettled = false
  #waitsForEmptyLoop = true
  #isAsync
  #waiting = null

  /** `settle` is called once, with an Ending. */
  constructor (message, isAppPath, settle) {
    this.#message = message
    this.#isAppPath = isAppPath
    this.#settle = settle
  }

  get requestId () {
    return this.#message.request_id
  }

  /** Call the handler. Whatever it does shows in the ending. */
  run (handler, start, hasCallbacks) {
    const context = this.#context(start)
    if (hasCallbacks) return this.#runWithCallbacks(handler, context)
    this.#isAsync = true
    return this.#await(handler, context)
  }

  async #await (handler, context) {
    try {
      this.#end(null, await handler(this.#message.event, context))
    } catch (error) {
      this.#fail(error)
    }
  }

  #runWithCallbacks (handler, context) {
    this.#isAsync = handler instanceof AsyncFunction
    this.#addCallbacks(context)
    const callback = (error, result) => this.#end(error, result, this.#waitsForEmptyLoop)
    try {
      const result = handler(this.#message.event, context, callback)
      if (typeof result?.then === 'function') {
        result.then(value => this.#end(null, value), error => this.#fail(error))
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  /** End it with a failure that came up outside of the handler's own calls. */
  fail (failure) {
    this.#isSettled = true
    this.#settle(new Ending(undefined, failure))
  }

  /** Nothing is left to run: give what a callback left waiting, or what Lambda gives. */
  loopIsEmpty () {
    if (this.#waiting !== null) return this.#settle(this.#waiting)
    if (this.#isSettled) return undefined
    this.#isSettled = true
    const failure = this.#isAsync ? neverSettledFailure() : undefined
    return this.#settle(new Ending(null, failure))
  }

  #end (error, result, waits = false) {
    if (error !== undefined && error !== null) return this.#fail(error)
    if (this.#isSettled) return undefined
    this.#isSettled = true
    const ending = new Ending(result, undefined)
    if (waits) this.#waiting = ending
    else this.#settle(ending)
    return undefined
  }

  #fail (error) {
    if (!this.#isSettled) this.fail(raisedFailure(error, this.#isAppPath))
  }

  #context (start) {
    const ends = performance.now() + this.#message.time_limit_ms
    return {
      functionVersion: start.function_version,
      functionName: start.function_name,
      memoryLimitInMB: String(start.memory_limit_mb),
      logGroupName: start.environment.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: start.environment.AWS_LAMBDA_LOG_STREAM_NAME,
      clientContext: undefined,
      identity: undefined,
      invokedFunctionArn: start.invoked_function_arn,
      awsRequestId: this.requestId,
      tenantId: undefined,
      getRemainingTimeInMillis: () => Math.max(0, Math.floor(ends - performance.now()))
    }
  }

  #addCallbacks (context) {
    Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', {
      get: () => this.#waitsForEmptyLoop,
      set: value => { this.#waitsForEmptyLoop = value },
      enumerable: true
    })
    context.succeed = result => this.#end(null, result)
    context.fail = error => this.#fail(error ?? 'handled')
    context.done = (error, result) => this.#end(error, result)
  }
}
