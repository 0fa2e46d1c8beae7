/**
 * The sandbox's clock inside a worker: shifts `Date`, and nothing else.
 *
 * Timers and `performance` run on as ever. While the clock is not moved, the language's
 * own `Date` is in place.
 */

const RealDate = globalThis.Date
const realNow = RealDate.now
let offsetMs = 0

/** Give real milliseconds since 1970, whatever the sandbox's clock says. */
export const realNowMs = () => realNow.call(RealDate)

/** Let the time of day stand `seconds` ahead of real time, from now on. */
export function setOffset (seconds) {
  if (seconds * 1000 === offsetMs) return
  offsetMs = seconds * 1000
  const current = offsetMs === 0 ? RealDate : MovedDate
  // In place too, for code that keeps a reference to the real `Date`.
  RealDate.now = offsetMs === 0 ? realNow : movedNow
  RealDate.prototype.constructor = current
  globalThis.Date = current
}

const movedNow = function now () {
  return Math.floor(realNowMs() + offsetMs)
}

const MovedDate = function Date (...parts) {
  if (new.target === undefined) return new MovedDate().toString()
  const target = new.target === MovedDate ? RealDate : new.target
  return Reflect.construct(RealDate, parts.length === 0 ? [movedNow()] : parts, target)
}
Object.defineProperties(MovedDate, {
  length: { value: 7, configurable: true },
  prototype: { value: RealDate.prototype, writable: false },
  now: { value: movedNow, configurable: true, writable: true },
  parse: { value: RealDate.parse, configurable: true, writable: true },
  UTC: { value: RealDate.UTC, configurable: true, writable: true }
})
