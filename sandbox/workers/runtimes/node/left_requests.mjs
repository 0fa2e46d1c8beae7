/**
 * Which requests an event has left under way: names the hosts they went to.
 *
 * Lambda freezes an environment that has answered (AWS Lambda developer guide, "Lambda
 * execution environment lifecycle"), and with it what nobody awaits: `forEach` with an
 * async function, or a call without "await". Connections are not looked at, for a
 * database's stays open with nothing to do.
 */

import { subscribe } from 'node:diagnostics_channel'

const underWay = new Map()

/** Follow requests from now on, those of `fetch` as well. */
export function install () {
  subscribe('http.client.request.start', ({ request }) => {
    underWay.set(request, () => request.destroyed ? null : request.getHeader('host') ?? request.host)
  })
  subscribe('undici:request:create', ({ request }) => {
    underWay.set(request, () => request.aborted ? null : new URL(request.origin).host)
  })
  const isOver = ({ request }) => underWay.delete(request)
  subscribe('http.client.response.finish', isOver)
  subscribe('undici:request:headers', isOver)
  subscribe('undici:request:error', isOver)
}

/** Give the hosts that have not answered yet, each once, and forget them. */
export function takeLeft () {
  if (underWay.size === 0) return []
  const hosts = new Set()
  for (const hostOf of underWay.values()) hosts.add(hostOf())
  hosts.delete(null)
  underWay.clear()
  return [...hosts].map(String)
}
