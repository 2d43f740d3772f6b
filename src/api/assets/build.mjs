// Builds what browsers are given: ../static, with names that change with their content.
//
//   node build.mjs      (make.py installs what it needs first)
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as sass from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const modules = join(here, 'node_modules')
const finished = process.argv[2] ?? join(here, '..', 'static')
const folder = `${finished}.new`
const manifest = {}

// Keeps a file under its name and the digest of its content, and beside it compressed.
function keep(name, content) {
  const bytes = Buffer.from(content)
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  const kind = extname(name)
  const kept = `${basename(name, kind)}.${digest}${kind}`
  writeFileSync(join(folder, kept), bytes)
  if (kind !== '.woff2') writeFileSync(join(folder, `${kept}.gz`), gzipSync(bytes, { level: 9 }))
  manifest[name] = kept
}

// In styles and scripts other files stand by their plain names, as `asset:NAME`.
function linked(text) {
  return text.replace(/asset:([\w.-]+)/g, (_, name) => {
    if (!manifest[name]) throw new Error(`there is no asset ${name}`)
    return `./${manifest[name]}`
  })
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const fonts = join(modules, '@fontsource-variable', 'atkinson-hyperlegible-next', 'files')
for (const subset of ['latin', 'latin-ext']) {
  const name = `atkinson-hyperlegible-next-${subset}-wght-normal.woff2`
  keep(`text-${subset}.woff2`, readFileSync(join(fonts, name)))
}
for (const name of readdirSync(join(here, 'images'))) {
  keep(name, readFileSync(join(here, 'images', name)))
}

const styles = sass.compile(join(here, 'scss', 'ledger.scss'), {
  loadPaths: [modules],
  quietDeps: true,
  style: 'compressed',
})
keep('ledger.css', linked(styles.css))

const vendored = join(modules, 'govuk-frontend', 'dist', 'govuk', 'govuk-frontend.min.js')
const withoutMap = (text) => text.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, '\n')
keep('govuk-frontend.js', withoutMap(readFileSync(vendored, 'utf8')))
keep('htmx.js', withoutMap(readFileSync(join(modules, 'htmx.org', 'dist', 'htmx.min.js'), 'utf8')))
// What others import goes first: modules name each other by what they contain.
for (const name of readdirSync(join(here, 'js')).sort((a, b) => (a === 'ledger.js') - (b === 'ledger.js'))) {
  keep(name, linked(readFileSync(join(here, 'js', name), 'utf8')))
}

// Who wrote what is passed on here, and on which terms.
const passedOn = ['@fontsource-variable/atkinson-hyperlegible-next', 'govuk-frontend', 'htmx.org']
keep('licences.txt', passedOn.map((name) => {
  const { version, license } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'))
  const terms = join(modules, name, 'LICENSE')
  return `${name} ${version} (${license})\n${existsSync(terms) ? `\n${readFileSync(terms, 'utf8')}` : ''}`
}).join('\n'))

writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
rmSync(finished, { recursive: true, force: true })
renameSync(folder, finished)
