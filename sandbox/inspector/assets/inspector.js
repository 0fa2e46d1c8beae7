/**
 * What the pages do beyond showing: send changes to the JSON API, follow what happens,
 * count time down, copy.
 *
 * Changes carry a header that no page of another origin can send. What the API or the
 * app says is only ever set as text.
 *
 * It runs before the page's body is there, so that no button can be pressed before
 * somebody listens: a form that nobody hears is sent by the browser, and its text lost.
 */

const HEADERS = { 'X-Arc-Sandbox': '1' }
const SETTLED_MS = 120
const SAID_KEY = 'arc-sandbox-said'
const MOST_ROWS_SENT = 500
const MOST_SENT = 4e6 // of UTF-16: at most three bytes each, and the API takes 16 MiB
const OUTDATED = 'What is stored has changed since you began to edit. Save replaces it with your text, Undo edits shows it.'
const DRAFT = 'Your earlier text is back; it is not what is stored. Save replaces what is stored with it, Undo edits shows what is stored.'
const JSON_STRING = '"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"'

// Saying

let silence = null

function part (id) {
  return document.getElementById(id)
}

function element (name, text, className = '') {
  const made = document.createElement(name)
  made.textContent = text
  if (className) made.className = className
  return made
}

function say (text, { isError = false, more = [] } = {}) {
  clearTimeout(silence)
  const outcome = part('outcome')
  const close = element('button', 'Close', 'small')
  close.type = 'button'
  close.addEventListener('click', () => outcome.replaceChildren())
  const said = element('p', text, isError ? 'said bad' : 'said')
  if (isError) said.setAttribute('role', 'alert')
  said.append(...more)
  outcome.replaceChildren(said, close)
  if (!isError && more.length === 0) silence = setTimeout(() => outcome.replaceChildren(), 8000)
}

function sayError (error) {
  say(error.remedy ? `${error.message} ${error.remedy}` : error.message, { isError: true })
}

function go (address, text) {
  if (text) sessionStorage.setItem(SAID_KEY, text)
  location.assign(address)
}

// Sending
//
// What a person wrote is checked here, and sent as it is written: a number that went
// through JSON.parse and JSON.stringify would be rounded to what a script can hold.

/** Send a JSON text; give what the answer's own says. */
async function send (order, text = '{}') {
  const [method, path] = order.split(' ')
  const headers = { ...HEADERS }
  if (method !== 'GET') headers['Content-Type'] = 'application/json'
  let answer
  try {
    answer = await fetch(path, { method, headers, body: method === 'GET' ? undefined : text })
  } catch {
    throw new Error('The sandbox does not answer. Is it still running?')
  }
  const content = await answer.json()
  if (!answer.ok) throw Object.assign(new Error(content.message), { remedy: content.remedy })
  return content
}

function bodyOf (form) {
  const fields = [...form.elements].filter(field => field.name)
  return `{${fields.map(field => `${JSON.stringify(field.name)}: ${jsonOf(field)}`)}}`
}

function jsonOf (field) {
  if (!('json' in field.dataset)) return JSON.stringify(field.value)
  try {
    JSON.parse(field.value)
    return field.value
  } catch (error) {
    field.setAttribute('aria-invalid', 'true')
    field.focus()
    throw new Error(`This is not JSON: ${error.message}`)
  }
}

/** Send what an element says, once at a time, and do what follows. */
async function act (source, work) {
  if (source.getAttribute('aria-busy') === 'true') return
  if (source.dataset.confirm && !confirm(source.dataset.confirm)) return
  source.setAttribute('aria-busy', 'true')
  try {
    await work()
  } catch (error) {
    sayError(error)
  } finally {
    source.removeAttribute('aria-busy')
  }
}

function follow (source, answer) {
  const { then, said, show } = source.dataset
  const warnings = (answer.warnings ?? []).join(' ')
  if (show) return showExplanation(part(show), answer)
  if ('open' in source.dataset) return openApp(answer.url, said)
  if (then) return go(then.replace('{id}', encodeURIComponent(answer.id ?? '')), said)
  say(warnings || said || (answer.spoken ? `The clock says ${answer.spoken}.` : 'Done.'))
  return refresh()
}

/** Open the app by the name that this page has: a cookie belongs to a host name. */
function appUrl (text) {
  const url = new URL(text)
  url.hostname = location.hostname
  return url.href
}

function leadToApp (page) {
  for (const anchor of page.querySelectorAll('[data-app-url]')) anchor.href = appUrl(anchor.href)
}

function openApp (text, said) {
  const link = element('a', 'Open the app')
  link.href = appUrl(text)
  window.open(link.href, '_blank', 'noopener')
  say(`${said} `, { more: [link] })
}

function showExplanation (place, found) {
  const verdict = element('p', '')
  verdict.append(
    found.is_valid ? element('span', 'accepted', 'tag good') : element('span', 'not accepted', 'tag bad'),
    ` ${found.is_valid ? `${found.cookie_bytes} bytes of cookie.` : found.reason}`
  )
  const facts = []
  if (found.is_valid && found.expires_epoch !== null) {
    const end = element('time', '')
    end.dataset.until = found.expires_epoch
    const line = element('p', 'Ends ')
    line.append(end)
    facts.push(line)
  }
  if (found.session_text !== null) {
    const data = element('pre', found.session_text)
    data.tabIndex = 0
    data.setAttribute('role', 'region')
    data.setAttribute('aria-label', 'session')
    facts.push(data)
  }
  const warnings = found.warnings.map(warning => element('p', warning.text, 'note'))
  place.replaceChildren(verdict, ...facts, ...warnings)
  countDown()
}

/** Give the texts of a JSON list's or object's members; the JSON is known to be good. */
function membersOf (text) {
  const found = []
  let depth = 0
  let start = 0
  for (const { 0: mark, index } of text.matchAll(new RegExp(`${JSON_STRING}|[[{,\\]}]`, 'g'))) {
    if (mark === '[' || mark === '{') depth += 1
    if (mark === ']' || mark === '}') depth -= 1
    const begins = depth === 1 && (mark === '[' || mark === '{')
    const ends = depth === 0 || (depth === 1 && mark === ',')
    if (ends) found.push(text.slice(start, index))
    if (begins || ends) start = index + 1
  }
  return found.filter(member => member.trim())
}

/** Give the text of each row in a file: a list, or an object with one called "rows". */
function rowsOf (text) {
  let content
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new Error(`The file is not JSON: ${error.message}`)
  }
  if (Array.isArray(content)) return membersOf(text)
  if (!Array.isArray(content?.rows)) throw new Error('The file holds no list of rows.')
  const named = new RegExp(`^\\s*(${JSON_STRING})\\s*:`)
  const members = membersOf(text).map(member => [JSON.parse(named.exec(member)[1]), member.replace(named, '')])
  return membersOf(new Map(members).get('rows')) // of equal names the last counts
}

/** Give lists of rows, each as long as may be sent at once. */
function partsOf (rows) {
  const parts = []
  let size = Infinity
  for (const row of rows) {
    size += row.length
    if (size > MOST_SENT || parts.at(-1).length === MOST_ROWS_SENT) {
      parts.push([])
      size = row.length
    }
    parts.at(-1).push(row)
  }
  return parts
}

async function importRows (form) {
  const rows = rowsOf(await form.elements.file.files[0].text())
  let done = 0
  for (const part of partsOf(rows)) {
    await send(`POST ${form.dataset.import}`, `{"first_number": ${done + 1}, "rows": [${part}]}`)
    done += part.length
    say(`${done} of ${rows.length} rows are stored.`)
  }
  form.reset()
  say(rows.length === 1 ? '1 row is stored.' : `${rows.length} rows are stored.`)
  await refresh()
}

async function reveal (button) {
  const shows = button.getAttribute('aria-pressed') === 'true'
  if (shows) return location.reload()
  const { variables } = await send(`GET ${button.dataset.reveal}`)
  const values = new Map(variables.map(one => [one.name, one.value]))
  for (const cell of document.querySelectorAll('[data-secret]')) {
    cell.textContent = values.get(cell.dataset.secret) ?? cell.textContent
  }
  button.setAttribute('aria-pressed', 'true')
  button.textContent = 'Hide secrets'
}

async function copy (button) {
  const named = button.dataset.copy
  const code = named ? document.querySelector(`#${named} pre`) : button.parentElement.querySelector('pre')
  try {
    await navigator.clipboard.writeText(code.textContent)
  } catch {
    throw new Error('The browser does not let this page copy. Select the text by hand.')
  }
  say('Copied.')
}

document.addEventListener('submit', event => {
  const form = event.target
  if (form.dataset.send) {
    event.preventDefault()
    act(form, async () => follow(form, await send(form.dataset.send, bodyOf(form))))
  } else if (form.dataset.import) {
    event.preventDefault()
    act(form, () => importRows(form))
  }
})

document.addEventListener('click', event => {
  const button = event.target.closest('button')
  if (!button) return
  const { send: order, body } = button.dataset
  if (order) act(button, async () => follow(button, await send(order, body)))
  else if ('copy' in button.dataset) act(button, () => copy(button))
  else if ('reveal' in button.dataset) act(button, () => reveal(button))
  else if (button.id === 'pause') pauseOrGoOn(button)
})

document.addEventListener('change', event => {
  const { form, dataset } = event.target
  if (!('submit' in dataset)) return
  // The key of one index means nothing in another.
  for (const field of form.querySelectorAll('[data-of-index]')) field.value = ''
  form.requestSubmit()
})

document.addEventListener('input', event => event.target.removeAttribute('aria-invalid'))

// Time

const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]]
let shownAt = performance.now()

function nowEpoch () {
  return Number(document.body.dataset.now) + (performance.now() - shownAt) / 1000
}

function spoken (seconds) {
  let left = Math.max(Math.round(Math.abs(seconds)), 1)
  const parts = []
  for (const [name, size] of UNITS) {
    const count = Math.floor(left / size)
    left %= size
    if (count) parts.push(`${count} ${name}${count > 1 ? 's' : ''}`)
  }
  return parts.slice(0, 2).join(' ')
}

function countDown () {
  const now = nowEpoch()
  for (const time of document.querySelectorAll('[data-until]')) {
    const left = Number(time.dataset.until) - now
    time.textContent = left > 0 ? `in ${spoken(left)}` : `${spoken(left)} ago`
    time.toggleAttribute('data-over', left <= 0)
  }
  const moment = new Date(now * 1000)
  if (Number.isNaN(moment.getTime())) return
  const iso = moment.toISOString()
  for (const time of document.querySelectorAll('[data-now-time]')) time.textContent = iso.slice(11, 19)
  for (const time of document.querySelectorAll('[data-now-moment]')) {
    time.textContent = `${iso.slice(0, 19).replace('T', ' ')} UTC`
  }
}

// Following what happens

let isPaused = false
let isGone = false
let stream = null
let isDue = false
let isSettling = false

/** Make a part of the page like its newer self, and leave alone what is the same. */
function renew (old, made) {
  if (old.isEqualNode(made)) return
  if (old.nodeName !== made.nodeName || old.nodeType !== Node.ELEMENT_NODE) {
    old.replaceWith(made)
    return
  }
  if (old.nodeName === 'TEXTAREA') {
    renewText(old, made)
    return
  }
  for (const { name } of [...old.attributes]) {
    if (!made.hasAttribute(name) && name !== 'open') old.removeAttribute(name)
  }
  for (const { name, value } of made.attributes) {
    if (name !== 'open') old.setAttribute(name, value)
  }
  if ('keyed' in old.dataset && 'keyed' in made.dataset) renewKeyed(old, made)
  else renewInOrder(old, made)
}

/** What a person is writing is theirs; that it was written of something older is said. */
function renewText (old, made) {
  if (old.value === old.defaultValue) old.value = made.value
  else if (old.defaultValue !== made.defaultValue) say(OUTDATED, { isError: true })
  old.defaultValue = made.defaultValue
}

/** Say what a browser has put back that a person had written: it looks like stored text. */
function tellOfDrafts () {
  const texts = [...document.querySelectorAll('textarea[data-live]')]
  if (texts.some(text => text.value !== text.defaultValue)) say(DRAFT, { isError: true })
}

function renewInOrder (old, made) {
  const before = [...old.childNodes]
  const after = [...made.childNodes]
  after.forEach((node, at) => before[at] ? renew(before[at], node) : old.append(node))
  before.slice(after.length).forEach(node => node.remove())
}

function renewKeyed (old, made) {
  const wanted = new Set([...made.children].map(child => child.dataset.key))
  const kept = new Map()
  for (const child of [...old.children]) {
    if (wanted.has(child.dataset.key)) kept.set(child.dataset.key, child)
    else child.remove()
  }
  let next = old.firstElementChild
  for (const child of [...made.children]) {
    const known = kept.get(child.dataset.key)
    if (known === undefined) {
      old.insertBefore(child, next)
      continue
    }
    if (known === next) next = next.nextElementSibling
    else old.insertBefore(known, next)
    renew(known, child)
  }
}

/** Show the page as it is by now, if that is still wanted once it is there. */
async function refresh (isWanted = () => true) {
  let text
  let isThere
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } })
    isThere = answer.ok
    if (!isThere && answer.status !== 404) return
    text = await answer.text()
  } catch {
    return
  }
  if (!isWanted()) return
  const made = new DOMParser().parseFromString(text, 'text/html')
  leadToApp(made)
  for (const old of document.querySelectorAll('[data-live]')) {
    const newer = made.getElementById(old.id)
    if (newer) renew(old, newer)
  }
  document.body.dataset.now = made.body.dataset.now
  shownAt = performance.now()
  countDown()
  tellWhetherThere(isThere, made)
}

/** Say once that what the page shows is gone; what stands there may still be read. */
function tellWhetherThere (isThere, made) {
  if (!isThere && !isGone) say(made.getElementById('why').textContent, { isError: true })
  isGone = !isThere
}

/** Refresh for all that happens in a while, again and again where it goes on. */
async function refreshSoon () {
  isDue = true
  if (isSettling) return
  isSettling = true
  try {
    while (isDue && !isPaused) {
      await new Promise(settled => setTimeout(settled, SETTLED_MS))
      isDue = false
      await refresh(() => !isPaused)
    }
  } finally {
    isSettling = false
  }
}

function showLink (text, state) {
  part('link').textContent = text
  part('link').dataset.state = state
}

/** Follow while the page is seen: a browser has few connections for each host. */
function connect () {
  if (stream || document.hidden) return
  stream = new EventSource('/api/events')
  stream.addEventListener('open', () => {
    showLink(isPaused ? 'Paused' : 'Following', isPaused ? 'paused' : 'on')
    refreshSoon() // what happened before the stream was there is in no event of it
  })
  stream.addEventListener('error', () => {
    showLink('Not connected', 'off')
  })
  for (const name of ['request', 'delivery', 'connection', 'clock', 'notice', 'change', 'missed']) {
    stream.addEventListener(name, refreshSoon)
  }
}

function disconnect () {
  stream?.close()
  stream = null
}

function followAgain () {
  connect()
  refreshSoon()
}

function pauseOrGoOn (button) {
  isPaused = !isPaused
  button.setAttribute('aria-pressed', String(isPaused))
  showLink(isPaused ? 'Paused' : 'Following', isPaused ? 'paused' : 'on')
  if (!isPaused) refresh()
}

// Beginning

// In a narrow window the menu scrolls. Not by scrollIntoView: browsers go on with Tab from there.
function showWhereWeAre () {
  const here = document.querySelector('.menu [aria-current]')
  const menu = here?.closest('.menu')
  if (menu) menu.scrollLeft = here.offsetLeft - (menu.clientWidth - here.offsetWidth) / 2
}

document.addEventListener('DOMContentLoaded', () => {
  leadToApp(document)
  isGone = part('why') !== null
  const said = sessionStorage.getItem(SAID_KEY)
  if (said) {
    sessionStorage.removeItem(SAID_KEY)
    say(said)
  }
  showWhereWeAre()
  countDown()
  setInterval(countDown, 1000)
  document.addEventListener('visibilitychange', () => document.hidden ? disconnect() : followAgain())
  addEventListener('pagehide', disconnect)
  addEventListener('pageshow', event => event.persisted ? followAgain() : tellOfDrafts())
  connect()
})
