/**
 * Lambda's context object: takes the messages `start` and `invoke`, gives its properties.
 *
 * Names and order are those of `aws-lambda-nodejs-runtime-interface-client`: its version
 * 3 where there are callbacks, and 4 from Node.js 24 on.
 */

/** Give the context of a handler with a callback; `callbacks` has what belongs to it. */
export function contextWithCallbacks (callbacks, start, message) {
  const { functionName, functionVersion, ...others } = aboutFunction(start)
  const event = aboutEvent(start, message)
  return Object.assign(callbacks, { functionVersion, functionName, ...others, ...event })
}

/** Give the context of a handler that is awaited, which has the trace too. */
export function contextOfAwaited (start, message) {
  const { getRemainingTimeInMillis, ...event } = aboutEvent(start, message)
  const xRayTraceId = message.trace_header
  return { ...event, xRayTraceId, getRemainingTimeInMillis, ...aboutFunction(start) }
}

function aboutFunction ({ environment, ...start }) {
  return {
    functionName: start.function_name,
    functionVersion: start.function_version,
    memoryLimitInMB: String(start.memory_limit_mb),
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME
  }
}

function aboutEvent (start, message) {
  const ends = performance.now() + message.time_limit_ms
  return {
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: start.invoked_function_arn,
    awsRequestId: message.request_id,
    tenantId: undefined,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(ends - performance.now()))
  }
}
