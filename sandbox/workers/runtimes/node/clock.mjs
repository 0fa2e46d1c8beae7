/**
 * The sandbox's clock inside a worker: shifts `Date` and what `Intl` takes for now.
 *
 * Timers and `performance` run on as ever. All is in place before a handler loads, and
 * stays: a module may keep what it finds (`const { now } = Date`, a class of its own).
 */

const RealDate = globalThis.Date
const realNow = RealDate.now
const formats = Intl.DateTimeFormat.prototype
const realFormatOf = Object.getOwnPropertyDescriptor(formats, 'format').get
const realFormatToParts = formats.formatToParts
const movedFormats = new WeakMap()
let offsetMs = 0

/** Give real milliseconds since 1970, whatever the sandbox's clock says. */
export const realNowMs = () => realNow()

/** Let the time of day stand `seconds` ahead of real time, from now on. */
export function setOffset (seconds) {
  offsetMs = seconds * 1000
}

const movedNow = () => Math.floor(realNow() + offsetMs)
const orNow = date => date === undefined ? movedNow() : date

function movedDate (...parts) {
  if (new.target === undefined) return new RealDate(movedNow()).toString()
  if (new.target !== movedDate) {
    return Reflect.construct(RealDate, parts.length === 0 ? [movedNow()] : parts, new.target)
  }
  return parts.length === 0 ? new RealDate(movedNow()) : new RealDate(...parts)
}
movedDate.prototype = RealDate.prototype // where "instanceof" looks

function movedFormatOf () {
  const format = realFormatOf.call(this)
  let moved = movedFormats.get(format)
  if (moved === undefined) {
    moved = like(format, date => format(orNow(date)))
    movedFormats.set(format, moved) // it is the same each time that one asks
  }
  return moved
}

/** Give a function that does what `own` does, which needs no `this`, and looks `real`. */
function like (real, own) {
  // The source of a bound function is shown as that of Node's own are, but for the name,
  // by which libraries tell types: dynamoose reads it in `Date.toString()`.
  const text = String(real)
  return Object.defineProperties(own.bind(), {
    ...Object.getOwnPropertyDescriptors(real),
    toString: { value: () => text, configurable: true, writable: true }
  })
}

globalThis.Date = like(RealDate, movedDate)
Date.now = like(realNow, movedNow)
Date.prototype.constructor = Date
Object.defineProperty(formats, 'format', { get: movedFormatOf })
Object.assign(formats, {
  formatToParts (date) { return realFormatToParts.call(this, orNow(date)) }
})
