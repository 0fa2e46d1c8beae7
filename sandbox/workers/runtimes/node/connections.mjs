/**
 * Keeps connections to the sandbox's own ports open from one request to the next.
 *
 * aws-lite keeps its connections to AWS; told of a sandbox, it closes each after one
 * operation, lest Node wait for them before it exits. A worker need not: Node does not
 * wait for connections that nobody uses (nodejs.org, "HTTP", class `http.Agent`).
 */

import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'

const LOOPBACK = ['localhost', '127.0.0.1', '::1']

/**
 * Have agents that would close such connections keep them, from now on.
 *
 * @param {object} environment the function's; `ARC_SANDBOX` has the ports as JSON
 */
export function keepConnections ({ ARC_SANDBOX: told }) {
  const ports = portsIn(told)
  const kept = new http.Agent({ keepAlive: true })
  const isOurs = ({ hostname, host, port }) =>
    ports.includes(String(port)) && LOOPBACK.includes(hostname ?? host)
  const original = http.request
  http.request = function request (target, ...rest) {
    const isClosing = target?.agent?.keepAlive === false && isOurs(target)
    return original.call(this, isClosing ? { ...target, agent: kept } : target, ...rest)
  }
  syncBuiltinESMExports()
}

/** Give the ports as text; none where the app's own variable hides the sandbox's. */
function portsIn (told) {
  try {
    return Object.values(JSON.parse(told).ports).map(String)
  } catch {
    return []
  }
}
